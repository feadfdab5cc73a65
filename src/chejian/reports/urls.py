from django.urls import path

from chejian.reports import views
from chejian.reports.subjects import ALL

urlpatterns = [
    path("queries/", views.queries, name="queries"),
    path("queries/<slug:subject>/", views.query, name="query"),
    path("queries/<slug:subject>/keeping/", views.query_keeping, name="query_keeping"),
    path("kept-queries/<int:pk>/", views.saved_query, name="saved_query"),
    path("kept-queries/<int:pk>/deletion/", views.saved_query_deletion,
         name="saved_query_deletion"),
    *(
        path(f"queries/{one.key}/rows/", views.query_rows, {"subject": one.key},
             name=str(one.spec.address))
        for one in ALL
    ),
]

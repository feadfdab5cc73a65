from django.urls import path

from chejian.movein import views

urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/templates/<slug:kind>.xlsx", views.import_template, name="import_template"),
    path("imports/<int:pk>/", views.import_run, name="import_run"),
    path("imports/<int:pk>/columns/", views.import_columns, name="import_columns"),
    path("imports/<int:pk>/mends/", views.import_mends, name="import_mends"),
    path("imports/<int:pk>/checks/", views.import_check, name="import_check"),
    path("imports/<int:pk>/commitment/", views.import_commit, name="import_commit"),
    path("imports/<int:pk>/progress/", views.import_progress, name="import_progress"),
    path("imports/<int:pk>/problem-rows.xlsx", views.import_problem_rows,
         name="import_problem_rows"),
]

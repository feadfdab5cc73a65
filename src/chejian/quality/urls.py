from django.urls import URLPattern, path

from chejian.quality import views

urlpatterns: list[URLPattern] = [
    path("work-orders/<int:pk>/inspections/", views.inspections, name="inspections"),
    path("work-orders/<int:pk>/certificates/", views.certificates, name="certificates"),
]

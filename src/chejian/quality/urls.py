from django.urls import URLPattern, path

from chejian.quality import views

urlpatterns: list[URLPattern] = [
    path("work-orders/<int:pk>/inspections/", views.inspections, name="inspections"),
    path("settings/inspection-items/", views.inspection_items, name="inspection_items"),
    path("settings/inspection-items/new/", views.inspection_item, name="new_inspection_item"),
    path("settings/inspection-items/<int:pk>/", views.inspection_item, name="inspection_item"),
    path("work-orders/<int:pk>/certificates/", views.certificates, name="certificates"),
]

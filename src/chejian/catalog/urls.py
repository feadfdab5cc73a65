from django.urls import URLPattern, path

from chejian.catalog.views import labour, parts, templates, terms

urlpatterns: list[URLPattern] = [
    path("parts/", parts.parts, name="parts"),
    path("parts/new/", parts.new_part, name="new_part"),
    path("parts/<int:pk>/", parts.part, name="part"),
    path("parts/<int:pk>/edit/", parts.edit_part, name="edit_part"),
    path("parts/<int:pk>/pictures/", parts.pictures, name="part_pictures"),
    path(
        "parts/<int:pk>/pictures/<int:picture_id>/removals/", parts.picture_removals,
        name="part_picture_removals",
    ),
    path("lookup/parts/", parts.part_lookup, name="part_lookup"),
    path("labour/", labour.operations, name="operations"),
    path("labour/new/", labour.new_operation, name="new_operation"),
    path("labour/<int:pk>/", labour.operation, name="operation"),
    path("lookup/operations/", labour.operation_lookup, name="operation_lookup"),
    path("job-templates/", templates.job_templates, name="job_templates"),
    path("job-templates/new/", templates.new_job_template, name="new_job_template"),
    path("job-templates/<int:pk>/", templates.job_template, name="job_template"),
    path("settings/catalogue/", terms.terms, name="catalogue_terms"),
    path("settings/catalogue/<slug:kind>/", terms.terms, name="terms"),
    path("settings/catalogue/<slug:kind>/new/", terms.term, name="new_term"),
    path("settings/catalogue/<slug:kind>/<int:pk>/", terms.term, name="term"),
]

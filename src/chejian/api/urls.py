from django.urls import path

from chejian.api.build import api
from chejian.api.help import api_help, api_help_area, api_schema

urlpatterns = [
    path("api/v1/", api.urls),
    path("help/api/", api_help, name="api_help"),
    path("help/api/openapi.json", api_schema, name="api_schema"),
    path("help/api/<slug:tag>/", api_help_area, name="api_help_area"),
]

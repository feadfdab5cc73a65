"""Where each face of the product begins. An app's own addresses stand in its ``urls``."""

from django.urls import include, path
from django.views.decorators.http import require_GET

from chejian import health
from chejian.accounts.guards import staff
from chejian.core.documents import document
from chejian.core.styleguide import styleguide

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("styleguide/", styleguide, name="styleguide"),
    path("documents/<str:number>/", require_GET(staff()(document)), name="document"),
    # addresses are tried in this order: those asked most stand first; the help on the API stands
    # before any document of the help
    path("", include("chejian.api.urls")),
    path("", include("chejian.desk.urls")),
    path("", include("chejian.workorders.urls")),
    path("", include("chejian.accounts.urls")),
    path("", include("chejian.parties.urls")),
    path("", include("chejian.vehicles.urls")),
    path("", include("chejian.catalog.urls")),
    path("", include("chejian.books.urls")),
    path("", include("chejian.inventory.urls")),
    path("", include("chejian.quality.urls")),
    path("", include("chejian.billing.urls")),
    path("", include("chejian.reports.urls")),
    path("", include("chejian.movein.urls")),
]

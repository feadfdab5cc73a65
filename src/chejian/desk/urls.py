from django.urls import path

from chejian.desk.views import cashier, search

urlpatterns = [
    path("search/", search.search, name="search"),
    path("cashier/", cashier.cashier, name="cashier"),
    path("cashier/<int:pk>/", cashier.cashier, name="cashier_order"),
]

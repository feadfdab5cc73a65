from django.urls import path

from chejian.desk.views import cashier, home, orders, reception, search

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("reception/", reception.reception, name="reception"),
    path("reception/matches/", reception.reception_match, name="reception_match"),
    path("work-orders/", orders.orders, name="orders"),
    path("cashier/", cashier.cashier, name="cashier"),
    path("cashier/<int:pk>/", cashier.cashier, name="cashier_order"),
]

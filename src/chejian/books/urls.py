from django.urls import URLPattern, path

from chejian.books import views

urlpatterns: list[URLPattern] = [
    path("books/", views.trial_balance, name="trial_balance"),
    path("books/entries/", views.entries, name="entries"),
    path("books/entries/<int:pk>/", views.entry, name="entry"),
    path("books/periods/", views.periods, name="periods"),
    path("books/accounts/<str:code>/", views.account, name="account"),
]

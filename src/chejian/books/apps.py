from django.apps import AppConfig


class BooksConfig(AppConfig):
    name = "chejian.books"
    label = "books"

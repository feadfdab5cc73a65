from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "chejian.accounts"
    label = "accounts"

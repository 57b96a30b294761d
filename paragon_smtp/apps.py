from django.apps import AppConfig


class ParagonConfig(AppConfig):
    name = "paragon_smtp"

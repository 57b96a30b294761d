from django.apps import AppConfig


class ParagonConfig(AppConfig):
    name = "paragon_smtp"

    def ready(self) -> None:
        from paragon_smtp import checks  # noqa: F401  registers them

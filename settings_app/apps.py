from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class SettingsConfig(AppConfig):
    name = "settings_app"
    verbose_name = "SMTP settings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(store_environment, sender=self, dispatch_uid="settings_app.store_environment")


def store_environment(*, using: str, verbosity: int = 1, stdout: Any = None, **_: Any) -> None:
    """Every start migrates first: what the environment says of the SMTP settings is stored then."""
    from settings_app import as_code
    from settings_app.models import SMTPSettings

    migrated_back = SMTPSettings._meta.db_table not in connections[using].introspection.table_names()
    if as_code.managed() and not migrated_back and as_code.apply() and verbosity and stdout is not None:
        stdout.write("  SMTP settings of the environment stored.\n")

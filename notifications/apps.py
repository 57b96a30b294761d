from typing import Any

from django.apps import AppConfig, apps


class NotificationsConfig(AppConfig):
    name = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from notifications import change_notice
        from settings_app.signals import settings_saved

        settings_saved.connect(change_notice.announce, dispatch_uid="notifications.change_notice")
        settings_saved.connect(try_what_waits, dispatch_uid="notifications.try_what_waits")
        if apps.is_installed("accounts"):
            from notifications import receivers  # noqa: F401  connects the signals


def try_what_waits(**_: Any) -> None:
    """Settings were saved: what waits is tried with them at once."""
    from notifications import outbox, queue

    outbox.forget_domain()
    queue.try_now()

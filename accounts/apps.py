from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import sign_ins, sudo  # noqa: F401  connect Django's signals
        from accounts.roles import grant_operators

        # Without a sender: the permissions of each app exist only once that app has been migrated.
        post_migrate.connect(grant_operators, dispatch_uid="accounts.grant_operators")

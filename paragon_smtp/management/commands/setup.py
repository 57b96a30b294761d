"""`manage.py setup`: the database as this version needs it, and a first administrator where there is none.

DATA_DIR and the keys are there already when this runs: `manage.py` makes them before the settings are read.
"""

import secrets
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

FIRST_ADMINISTRATOR = "admin@localhost"


class Command(BaseCommand):
    help = "Prepare the database and make the first administrator, whose password is shown once."
    requires_system_checks = []
    requires_migrations_checks = False

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            call_command("migrate", interactive=False, verbosity=0)
            self.make_first_administrator()
        except DatabaseError as error:
            raise CommandError(f"The database cannot be prepared: {str(error).strip()}") from None

    def make_first_administrator(self) -> None:
        users = get_user_model()._default_manager
        if users.filter(is_superuser=True).exists():
            return
        password = secrets.token_urlsafe(12)
        users.create_superuser(email=FIRST_ADMINISTRATOR, password=password)
        self.stdout.write(
            f"""
The first administrator, shown this once:

  E-mail address  {FIRST_ADMINISTRATOR}
  Password        {password}
"""
        )
        self.stdout.flush()

"""`manage.py rotate_encryption_key`: seal the stored secrets anew with the newest key of SMTP_ENCRYPTION_KEYS.

May be cut off and run again at any time, while everything runs. Exit status: 0 all are sealed with the newest key,
1 something cannot be opened with any key, or there is no key.
"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from notifications.rotation import rotate


class Command(BaseCommand):
    help = "Seals the stored secrets anew with the newest key of SMTP_ENCRYPTION_KEYS."

    def handle(self, **_options: Any) -> None:
        keys = len(settings.SMTP_ENCRYPTION_KEYS)
        if not keys:
            raise CommandError("SMTP_ENCRYPTION_KEYS is not set and DATA_DIR holds no key: there is none to seal with.")
        rotation = rotate()
        self.stdout.write(f"Sealed anew with the newest key: {rotation.resealed}. Already so: {rotation.already}.")
        if rotation.lost:
            raise CommandError(
                "No key opens what is stored for:\n"
                + "".join(f"  {place}\n" for place in rotation.lost)
                + "Put its key back, at the end of SMTP_ENCRYPTION_KEYS, or enter the password again on the SMTP "
                "Settings page or with configure_smtp --password-stdin.",
                returncode=1,
            )
        if keys > 1:
            self.stdout.write("The older keys are no longer needed: take them out of SMTP_ENCRYPTION_KEYS.")

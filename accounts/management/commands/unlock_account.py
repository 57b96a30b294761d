"""`manage.py unlock_account ADDRESS`: for the administrator whom a lock keeps out of the pages."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import lifecycle
from accounts.models import User


class Command(BaseCommand):
    help = "Unlock an account, whoever locked it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="the account's e-mail address")

    def handle(self, *_args: Any, address: str, **_options: Any) -> None:
        user = User.objects.filter(email=address).first()
        if user is None:
            raise CommandError(f"There is no account with the address {address}.")
        try:
            changed = lifecycle.unlock(user, reason="command")
        except lifecycle.NotPossible as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{user.email} is unlocked." if changed else f"{user.email} is not locked.")

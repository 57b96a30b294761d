"""The people of the tests, and an ear for what the accounts tell."""

from typing import Any

from accounts import creation, lifecycle, signals
from accounts.models import User

PASSWORD = "a long enough secret 1"
NEW_PASSWORD = "an even longer secret 2"

SIGNALS = {
    name: getattr(signals, name)
    for name in (
        "account_created",
        "account_activated",
        "account_locked",
        "account_unlocked",
        "account_disabled",
        "account_enabled",
        "password_changed",
        "email_changed",
        "link_requested",
        "link_shown",
        "password_reset_requested",
    )
}


def make_user(email: str = "ann@example.com", name: str = "Ann", **options: Any) -> User:
    return creation.create(email, name, **{"password": PASSWORD, **options})


def make_pending(email: str = "pia@example.com", name: str = "Pia") -> User:
    return creation.create(email, name)


def make_operator(email: str = "otto@example.com") -> User:
    return make_user(email, "Otto", operator=True)


def make_administrator(email: str = "adele@example.com") -> User:
    return make_user(email, "Adele", administrator=True)


def lock_by_failures(user: User, failures: int) -> None:
    for _ in range(failures):
        lifecycle.count_failed_sign_in(user)
    user.refresh_from_db()


class Ear:
    """Collects the signals that were sent, in order."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []
        self._receivers: list[Any] = []

    def listen(self) -> None:
        for name, signal in SIGNALS.items():

            def receiver(name: str = name, **event: Any) -> None:
                self.events.append((name, event))

            self._receivers.append((signal, receiver))
            signal.connect(receiver, weak=False)

    def stop(self) -> None:
        for signal, receiver in self._receivers:
            signal.disconnect(receiver)

    def names(self) -> list[str]:
        return [name for name, _event in self.events]

    def of(self, name: str) -> list[dict[str, Any]]:
        return [event for heard, event in self.events if heard == name]

    def forget(self) -> None:
        self.events.clear()

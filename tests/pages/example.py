"""An installation that has been in use for a while, and every page of it: for the pictures, and for what all pages must
meet.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts import creation, links
from accounts.models import User
from notifications.models import DeliveryTest, Notification
from notifications.operation import heartbeats
from notifications.operation.models import Worker
from settings_app.models import SMTPSettings
from tests.accounts.imports.conftest import checked
from tests.pages.reports import DELIVERED, UNTRUSTED

PASSWORD = "Correct-horse-7"
FILE = "email,name\nnora.berg@corp.example,Nora Berg\nkim.lange@corp.example,Kim Lange\nnot an address,Somebody\n"
# Every page under its name: its route, and what of the example its address names.
PAGES: dict[str, tuple[str, ...]] = {
    "smtp-settings": ("settings_app:smtp-settings",),
    "test-running": ("notifications:test", "running"),
    "test-delivered": ("notifications:test", "delivered"),
    "test-failed": ("notifications:test", "failed"),
    "users": ("accounts:users",),
    "user": ("accounts:user", "kim"),
    "user-add": ("accounts:user-add",),
    "user-edit": ("accounts:user-edit", "kim"),
    "user-disable": ("accounts:user-disable", "kim"),
    "user-delete": ("accounts:user-delete", "kim"),
    "imports": ("accounts:imports",),
    "import": ("accounts:import", "imported"),
    "notifications": ("notifications:list",),
    "notification": ("notifications:detail", "delivered_one"),
    "notification-failed": ("notifications:detail", "failed_one"),
    "e-mails": ("notifications:sample", "kind", "language"),
    "audit-trail": ("audit:trail",),
    "own": ("accounts:own",),
    "own-edit": ("accounts:own-edit",),
    "password-change": ("accounts:password-change",),
}
# What people see who are not signed in.
OUTSIDE: dict[str, tuple[str, ...]] = {
    "sign-in": ("accounts:sign-in",),
    "password-forgotten": ("accounts:password-reset",),
    "password-forgotten-sent": ("accounts:password-reset-done",),
    "activate-again": ("accounts:activate-again",),
    "activate": ("activation link",),
    "password-reset": ("reset link",),
    "old-link": ("accounts:activate", "nobody", "nothing"),
}


@dataclass(frozen=True, slots=True)
class Example:
    ingrid: User
    kim: User
    # What addresses name.
    keys: dict[str, Any]

    def path(self, name: str) -> str:
        route, *about = PAGES.get(name) or OUTSIDE[name]
        if route == "activation link":
            return links.activation_path(self.kim)
        if route == "reset link":
            return links.reset_path(self.ingrid)
        return reverse(route, args=[self.keys[part] for part in about])


def first_run() -> User:
    """The first administrator has signed in, and nothing else has been done. All that belongs to it is at work."""
    heartbeats.beat("portal:1", Worker.Kind.values)
    return creation.create("ingrid.solberg@corp.example", "Ingrid Solberg", password=PASSWORD, administrator=True)


def in_use(ingrid: User) -> Example:
    saved = SMTPSettings(
        server_address="mail.corp.example",
        port=587,
        username="portal@corp.example",
        from_name="Corp Network Operations",
        from_email="noc@corp.example",
    )
    saved.set_password(PASSWORD)
    saved.save()
    SMTPSettings.objects.update(updated_by="Ingrid Solberg", updated_at=timezone.now() - timedelta(hours=5))
    for name in ("Kim Lange", "Amara Okafor", "Mateo Ruiz", "Yuki Tanaka", "Lena Fischer", "Omar Haddad"):
        address = name.lower().replace(" ", ".") + "@corp.example"
        password = None if name.startswith(("Kim", "Omar")) else PASSWORD
        creation.create(address, name, actor=ingrid, password=password)
    rows = deliver_all()
    kim = User.objects.get(email="kim.lange@corp.example")
    keys = {
        "kim": kim.pk,
        "imported": checked(FILE, actor=ingrid).pk,
        "delivered_one": rows[0].pk,
        "failed_one": rows[-1].pk,
        "kind": "account_locked",
        "language": "en",
        "nobody": "x",
        "nothing": "y",
        "running": stored_test(RUNNING, running=True),
        "delivered": stored_test(DELIVERED),
        "failed": stored_test(UNTRUSTED),
    }
    return Example(ingrid, kim, keys)


def deliver_all() -> list[Notification]:
    """As if a worker had, all but one."""
    rows = list(Notification.objects.order_by("-pk"))
    for age, row in enumerate(rows):
        row.created_at = timezone.now() - timedelta(minutes=17 * age * age + 3)
        row.state, row.delivered_at = row.State.DELIVERED, row.created_at + timedelta(seconds=2)
        row.attempts_count, row.queue_id = 1, "4Xk2Tq3mZ8z1y"
        row.last_reply = f"250 2.0.0 Ok: queued as {row.queue_id}"
        row.save()
    rows[-1].state, rows[-1].delivered_at, rows[-1].cause = rows[-1].State.FAILED, None, "recipient.unknown"
    rows[-1].last_reply = "550 5.1.1 User unknown in local recipient table"
    rows[-1].save()
    return rows


AT_TLS = {"name": "tls", "status": "running", "elapsed_ms": None, "detail": ""}
RUNNING = {"delivered": False, "stages": [*DELIVERED["stages"][:3], AT_TLS]}


def stored_test(report: dict[str, Any], *, running: bool = False) -> Any:
    """The key of a test that ended with this report, or is under way."""
    saved, now = SMTPSettings.load(), timezone.now()
    return DeliveryTest.objects.create(
        created_at=now,
        started_at=now - timedelta(milliseconds=610 if report["delivered"] else 54),
        ended_at=None if running else now,
        recipient="ingrid.solberg@corp.example",
        state=DeliveryTest.State.RUNNING if running else DeliveryTest.State.ENDED,
        stages=report["stages"],
        report=None if running else report,
        candidate={name: getattr(saved, name) for name in (*SMTPSettings.FIELDS, "version")},
    ).pk

"""The whole site as the URL resolver knows it, people of every role, and something for each page to show."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts import creation
from accounts.imports.models import Import
from accounts.models import User
from notifications import emails
from notifications.delivery_test import stored_form
from notifications.diagnosis import diagnosis_of
from notifications.models import DeliveryTest, Notification
from notifications.probe import not_tried
from paragon_smtp.environment import BASE_DIR

CONVERTER = re.compile(r"<(?:\w+:)?\w+>")
KINDS = ("accounts:import", "notifications")  # pages whose number is not that of an account
NUMBERED = ("", *KINDS)
PASSWORD = "a long pass phrase"
ROLES = ("nobody", "user", "operator", "administrator")
DOCUMENT = BASE_DIR / "docs" / "security.md"


@dataclass(frozen=True, slots=True)
class Route:
    name: str
    path: str  # with its converters, such as /users/<int:pk>/

    def filled(self, objects: dict[str, object]) -> str:
        """The path with what exists in the place of each converter."""
        kind = next((kind for kind in KINDS if self.name.startswith(kind)), "")
        return CONVERTER.sub(lambda found: str(objects[kind if found[0] == "<int:pk>" else found[0]]), self.path)


def routes(patterns: Iterable[object] = (), path: str = "/", namespace: str = "") -> Iterator[Route]:
    for pattern in patterns or get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from routes(pattern.url_patterns, path + str(pattern.pattern), namespace + inner)
        elif isinstance(pattern, URLPattern):
            yield Route(f"{namespace}{pattern.name}", path + str(pattern.pattern))


def rows(heading: str) -> list[list[str]]:
    """The rows of the table beneath a heading of docs/security.md, without its head."""
    section = DOCUMENT.read_text().split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def table() -> dict[str, dict[str, bool]]:
    """For each path, which role may open it."""
    return {
        cells[0].strip("`"): dict(zip(ROLES, (cell == "yes" for cell in cells[1:5]), strict=True))
        for cells in rows("Who may open which page")
    }


def people() -> dict[str, User | None]:
    return {
        "nobody": None,
        "user": creation.create("ulla@corp.example", "Ulla", password=PASSWORD),
        "operator": creation.create("otto@corp.example", "Otto", password=PASSWORD, operator=True),
        "administrator": creation.create("adele@corp.example", "Adele", password=PASSWORD, administrator=True),
    }


def things() -> dict[str, object]:
    """What stands in the place of each converter."""
    subject = creation.create("subject@corp.example", "Subject", password=PASSWORD)
    emails.account_activated(subject)
    report = not_tried(diagnosis_of("worker.absent"), None, "")
    now = timezone.now()
    test = DeliveryTest.objects.create(
        created_at=now, ended_at=now, recipient="a@corp.example", state="ended", report=stored_form(report)
    )
    return {
        "": subject.pk,
        "accounts:import": Import.objects.create(file_name="people.csv", state=Import.State.CHECKED).pk,
        "notifications": Notification.objects.latest("pk").pk,
        "<uuid:pk>": test.pk,
        "<uidb64>": "MQ",
        "<token>": "x-y",
        "<slug:name>": "account_locked",
        "<slug:language>": "en",
    }


def signed_in(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client

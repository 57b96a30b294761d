"""Messages made by moulds are those that the templates give, whatever the values are."""

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.utils import timezone, translation
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import User
from notifications import messages, mime, moulds
from notifications.kinds import KINDS
from notifications.mime import Envelope
from notifications.models import Notification
from notifications.smtp import data_of

SENDER = ("NOC", "noc@corp.example")

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
facts = st.fixed_dictionaries(
    {},
    optional={
        "by": names,
        "ip": st.sampled_from(["192.0.2.7", "2001:db8::7", ""]),
        "reason": st.sampled_from(["administrator", "failed_sign_ins", "", "else"]),
        "at": moments.map(datetime.isoformat),
        "until": st.none() | moments.map(datetime.isoformat),
        "hours": st.sampled_from([1, 24]),
        "active": st.booleans(),
        "to_old": st.booleans(),
        "old": names,
        "new": names,
        "link": st.sampled_from(["", "sign_in", "password_forgotten"]),
    },
)


@pytest.fixture(autouse=True)
def no_moulds() -> Iterator[None]:
    moulds.forget()
    yield
    moulds.forget()


def row(kind: str, known: dict[str, object], **user: str) -> Notification:
    values = {"email": "kari@corp.example", "name": "Kari Nordmann", "language": "en"} | user
    person = User(pk=7, **values)
    return Notification(
        kind=kind, user=person, recipient=person.email, language=person.language, facts=known,
        message_id=f"<{uuid.uuid4().hex}@corp.example>", created_at=timezone.now(),
    )  # fmt: skip


def by_templates(notification: Notification) -> bytes:
    envelope = Envelope(*SENDER, notification.recipient, notification.message_id, notification.language)
    with translation.override(notification.language):
        return data_of(mime.assemble(messages.render(notification), envelope))


def comparable(raw: bytes) -> bytes:
    """Without what differs each time."""
    return re.sub(rb"=_[0-9a-f]{32}|(?m:^Date: .*)", b"", raw)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(KINDS)), facts, names, st.sampled_from(["en", "de", "ar"]))
def test_moulds_give_what_the_templates_give(kind: str, known: dict[str, object], name: str, language: str) -> None:
    notification = row(kind, known, name=name, language=language)
    for _ in range(2):
        assert comparable(moulds.message(notification, *SENDER)) == comparable(by_templates(notification))


def test_a_mould_is_used_again_and_holds_nothing_of_whom_it_was_made_for(monkeypatch: pytest.MonkeyPatch) -> None:
    first = row("account_activated", {"by": "Ingrid Solberg", "link": "sign_in"})
    assert b"Kari Nordmann" in moulds.message(first, *SENDER)
    monkeypatch.setattr(messages, "fill_in", None)
    other = row("account_activated", {"by": "Ola <b>", "link": "sign_in"}, name="Per & Pål", email="per@corp.example")
    parsed = message_from_bytes(moulds.message(other, *SENDER), policy=policy.default)
    text, html = (part.get_content() for part in parsed.iter_parts())
    assert "Per & Pål" in text
    assert "Per &amp; Pål" in html
    assert all(word not in text + html for word in ("Kari", "kari", "Ingrid"))


@pytest.mark.parametrize(
    ("template", "value", "other"),
    [
        ("{% if by == 'root' %}the machine{% else %}{{ by }}{% endif %}", "root", "Ola"),
        ("{% if 'oo' in by %}two{% else %}{{ by }}{% endif %}", "root", "Ola"),
        ("{{ by|upper }}", "OLA", "Per"),
        ("{{ by|lower }}", "ola", "Per"),
        ("{{ by|capfirst }}", "Ola", "per"),
        ("{{ by|length }}", "Ola", "Ingrid"),
        ("{{ by|first }}", "Ola", "Per"),
        ("{{ by|truncatechars:3 }}", "Ingrid", "Per"),
        ("{% for letter in by %}{{ letter }}-{% endfor %}", "Ola", "Per"),
        ("{% filter upper %}{{ by }}{% endfilter %}", "Ola", "Per"),
        ("{{ by|default:'nobody' }}", "Ola", "Per"),
        ("{{ by|urlencode }}", "Ola", "Ø b"),
    ],
)
def test_what_a_template_reckons_with_is_never_poured(
    template: str, value: str, other: str, settings, tmp_path
) -> None:
    folder = tmp_path / "emails"
    folder.mkdir()
    for ending in ("subject.txt", "txt", "html"):
        (folder / f"reckoning.{ending}").write_text(f"start {template} end\n")
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    for by in (value, other, value):
        notification = row("reckoning", {"by": by})
        assert comparable(moulds.message(notification, *SENDER)) == comparable(by_templates(notification))


def test_times_are_written_by_one_rule() -> None:
    """Templates get them as text: the `date` filter would make nothing of that, and say so to nobody."""
    for template in (Path(__file__).parents[2] / "templates" / "emails").iterdir():
        assert "|date" not in template.read_text(), template.name


def test_no_more_moulds_than_are_of_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moulds, "_MOST", 3)
    for hours in range(10):
        moulds.message(row("password_reset", {"hours": hours}), *SENDER)
    assert len(moulds._moulds) == 3

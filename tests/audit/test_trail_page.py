"""Administration > Monitoring > Audit Trail."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from audit import trail
from audit.models import Entry
from tests.audit.conftest import Write

pytestmark = pytest.mark.django_db

URL = "/administration/monitoring/audit-trail/"
EXPORT = f"{URL}export/"


def shown(client: Client, **asked: object) -> list[str]:
    return [entry.target for entry in client.get(URL, asked).context["page"].entries]


@pytest.mark.parametrize(("path", "method"), [(URL, "get"), (EXPORT, "post")])
def test_pages_are_for_administrators_alone(client: Client, path: str, method: str) -> None:
    assert getattr(client, method)(path)["Location"].startswith("/sign-in/")
    for options in ({}, {"operator": True}):
        user = User.objects.create_user(f"user{len(options)}@corp.example", "a long pass phrase", **options)
        client.force_login(user)
        assert getattr(client, method)(path).status_code == 403
        assert "Audit Trail" not in client.get("/account/").content.decode()


def test_page_tells_who_did_what_when_and_from_where(signed_in: Client, write: Write) -> None:
    write("smtp_settings.saved", target="SMTP settings", ip="192.0.2.7", ago=timedelta(minutes=4),
          changes={"server_address": ["old.corp.example", "new.corp.example"], "password": "changed"})  # fmt: skip
    page = signed_in.get(URL).content.decode().replace("<wbr>", "")
    for words in ("SMTP settings saved", "Ingrid Solberg", "192.0.2.7", "old.corp.example", "new.corp.example",
                  "password", "changed", "4\xa0minutes ago"):  # fmt: skip
        assert words in page


def test_navigation_leads_there(signed_in: Client) -> None:
    assert f'<a class="nav-link" href="{URL}" aria-current="page">' in signed_in.get(URL).content.decode()


def test_search_is_for_parts_of_who_what_and_where(signed_in: Client, write: Write) -> None:
    write(target="first@corp.example", ip="192.0.2.7")
    write(target="second@corp.example", actor_name="Oda Lie")
    assert shown(signed_in, q="FIRST@") == ["first@corp.example"]
    assert shown(signed_in, q="oda") == ["second@corp.example"]
    assert shown(signed_in, q="192.0.2.") == ["first@corp.example"]
    assert shown(signed_in, q="nothing such") == []


def test_filters_by_deed_and_days(signed_in: Client, write: Write) -> None:
    write("account.created", target="today")
    write("account.locked", target="three days ago", ago=timedelta(days=3))
    write("account.created", target="ten days ago", ago=timedelta(days=10))
    today = timezone.localdate()
    assert shown(signed_in, action="account.created") == ["today", "ten days ago"]
    assert shown(signed_in, since=today - timedelta(days=3)) == ["today", "three days ago"]
    assert shown(signed_in, until=today - timedelta(days=3)) == ["three days ago", "ten days ago"]
    assert shown(signed_in, since=today - timedelta(days=5), until=today - timedelta(days=1)) == ["three days ago"]


def test_pages_follow_each_other_without_a_gap(signed_in: Client, write: Write) -> None:
    # Many at one moment: the order among them has to hold over the edge of a page.
    Entry.objects.bulk_create(
        Entry(action="account.locked", target=str(number)) for number in range(2 * trail.PAGE + 10)
    )
    QuerySet.update(Entry.objects.all(), at=timezone.now())
    seen, before = [], None
    while True:
        context = signed_in.get(URL, {} if before is None else {"before": before}).context
        seen += [int(entry.target) for entry in context["page"].entries]
        before = context["page"].before
        if before is None:
            break
    assert seen == list(reversed(range(2 * trail.PAGE + 10)))


def test_long_search_stops_and_can_go_on(signed_in: Client, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "LOOKED_THROUGH", 5)
    for number in range(12):
        write(target=f"{number}-needle" if number in (1, 9) else f"{number}")
    first = signed_in.get(URL, {"q": "needle"})
    assert [entry.target for entry in first.context["page"].entries] == ["9-needle"]
    assert "Search further back" in first.content.decode()
    second = signed_in.get(URL, {"q": "needle", "before": first.context["page"].before})
    assert not second.context["page"].entries
    assert "Nothing found so far" in second.content.decode()
    third = signed_in.get(URL, {"q": "needle", "before": second.context["page"].before})
    assert [entry.target for entry in third.context["page"].entries] == ["1-needle"]
    assert third.context["page"].before is None


@pytest.mark.parametrize("value", ["\0", "%", "' OR 1=1 --", "x" * 5000, "<script>", "0000-01-01", "9" * 30, "²"])
def test_page_survives_any_question(signed_in: Client, write: Write, value: str) -> None:
    write()
    response = signed_in.get(URL, dict.fromkeys(("q", "action", "since", "until", "before"), value))
    assert response.status_code == 200
    assert b"<script>" not in response.content.replace(b"<script src", b"")


def test_page_asks_the_database_a_constant_number_of_times(signed_in: Client, write: Write) -> None:
    write()
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            signed_in.get(URL)
        counts.append(len(captured))
        for _ in range(30):
            write()
    assert counts[0] == counts[1]


def test_entries_of_deleted_accounts_stay_readable(signed_in: Client, write: Write) -> None:
    user = User.objects.create_user("leaving@corp.example", "a long pass phrase")
    write(actor=user, actor_name="leaving@corp.example", subject=user)
    user.delete()
    assert "leaving@corp.example" in signed_in.get(URL).content.decode().replace("<wbr>", "")


# Export


def exported(client: Client, **asked: object) -> str:
    response = client.post(EXPORT, asked)
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()  # type: ignore[arg-type]


def test_csv_has_a_line_for_each_entry_that_fits(signed_in: Client, write: Write) -> None:
    write(target="one@corp.example", changes={"reason": "sign_in"})
    write("account.created", target="two@corp.example")
    lines = exported(signed_in, format="csv", action="account.locked").splitlines()
    assert lines[0] == "\ufeffat,actor,action,target,ip,changes"
    assert lines[1].endswith(',account.locked,one@corp.example,,"{""reason"": ""sign_in""}"')
    assert len(lines) == 2


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1"])
def test_csv_holds_no_formula(signed_in: Client, write: Write, formula: str) -> None:
    write(target=formula, actor_name=formula)
    assert exported(signed_in, format="csv").count(f"'{formula}") == 2


def test_json_lines_hold_what_is_stored(signed_in: Client, write: Write) -> None:
    entry = write(changes={"port": [25, 587]}, ip="2001:db8::1")
    lines = [json.loads(line) for line in exported(signed_in, format="jsonl").splitlines()]
    assert lines[1] == {
        "id": entry.pk,
        "at": entry.at.isoformat(),
        "actor": "Ingrid Solberg <ingrid@corp.example>",
        "actor_id": None,
        "action": "account.locked",
        "target": "ann@corp.example",
        "subject_id": None,
        "ip": "2001:db8::1",
        "changes": {"port": [25, 587]},
    }


def test_export_goes_through_all_batches(signed_in: Client, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "BATCH", 3)
    for number in range(10):
        write(target=str(number))
    lines = exported(signed_in, format="jsonl", action="account.locked").splitlines()
    assert [json.loads(line)["target"] for line in lines] == [str(number) for number in reversed(range(10))]


def test_export_is_itself_a_deed(signed_in: Client, administrator: User) -> None:
    exported(signed_in, format="csv", q="ann", since="2026-01-01")
    entry = Entry.objects.get(action="audit_trail.exported")
    assert (entry.actor, entry.target, entry.ip) == (administrator, "csv", "127.0.0.1")
    assert entry.changes == {"q": "ann", "since": "2026-01-01"}


def test_export_is_a_post_with_a_known_format_from_our_own_page(signed_in: Client, administrator: User) -> None:
    assert signed_in.get(EXPORT).status_code == 405
    assert signed_in.post(EXPORT, {"format": "xls"}).status_code == 400
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(administrator)
    assert strict.post(EXPORT, {"format": "csv"}).status_code == 403

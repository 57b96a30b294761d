"""People are added once each, whatever stops and starts in between."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts import creation, lifecycle
from accounts.imports import checking, running
from accounts.imports.models import Import, ImportBatch, RejectedRow
from accounts.models import State, User
from accounts.roles import OPERATORS
from accounts.tasks import run_imports
from audit.models import Entry
from notifications.models import Notification
from tests.accounts.imports.conftest import checked, table
from tests.accounts.people import make_user

pytestmark = pytest.mark.django_db


def confirmed(content: str, actor: User | None = None) -> Import:
    imported = checked(content, **({"actor": actor} if actor else {}))
    assert running.confirm(imported, actor)
    return imported


def finish(imported: Import) -> Import:
    while running.run_batch():
        pass
    imported.refresh_from_db()
    return imported


def figures(imported: Import) -> tuple[str, int, int, int, int]:
    return imported.state, imported.handled, imported.added, imported.present, imported.rejected


def test_everybody_is_added_and_told(operator):
    imported = finish(confirmed(table(3_000), operator))

    assert figures(imported) == ("done", 3_000, 3_000, 0, 0)
    people = User.objects.filter(email__startswith="user")
    assert people.count() == people.filter(state=State.PENDING).count() == 3_000
    assert User.objects.get(email="user2999@example.com").name == "Person 2999"
    told = Notification.objects.filter(kind="account_created", user__in=people)
    assert told.values("recipient").distinct().count() == told.count() == 3_000
    assert told.filter(facts__by="Otto").count() == 3_000
    assert not ImportBatch.objects.exists()


def test_the_same_file_again_adds_nobody(operator):
    finish(confirmed(table(30), operator))
    told = Notification.objects.count()
    again = checked(table(30), actor=operator)
    assert (again.valid, again.present) == (0, 30)
    running.confirm(again, operator)
    assert figures(finish(again)) == ("done", 0, 0, 30, 0)
    assert Notification.objects.count() == told


def test_whoever_was_added_meanwhile_is_counted_as_present():
    imported = confirmed(table(3))
    make_user("user1@example.com", "Somebody")
    assert figures(finish(imported)) == ("done", 3, 2, 1, 0)
    assert User.objects.get(email="user1@example.com").name == "Somebody"


def test_nothing_runs_before_it_is_confirmed(operator):
    imported = checked(table(3), actor=operator)
    run_imports()
    imported.refresh_from_db()
    assert imported.state == Import.State.CHECKED
    assert not User.objects.filter(email__startswith="user").exists()


def test_confirming_twice_starts_once(operator):
    imported = confirmed(table(3), operator)
    assert not running.confirm(imported, operator)
    assert Entry.objects.filter(action="users.import_started").count() == 1


def test_nobody_confirms_what_somebody_else_uploaded(operator, administrator):
    imported = checked(table(3), actor=administrator)
    with pytest.raises(lifecycle.NotPossible, match="Only the person who uploaded"):
        running.confirm(imported, operator)


def test_a_batch_that_breaks_off_is_added_later_as_a_whole(monkeypatch):
    imported = confirmed(table(checking.BATCH + 3))
    running.run_batch()
    with monkeypatch.context() as broken:
        broken.setattr("accounts.imports.running.timezone.now", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            running.run_batch()
    assert User.objects.count() == Notification.objects.count() == checking.BATCH
    assert figures(finish(imported)) == ("done", checking.BATCH + 3, checking.BATCH + 3, 0, 0)
    assert User.objects.count() == Notification.objects.count() == checking.BATCH + 3


def test_stopping_keeps_who_was_added_and_forgets_the_rest(operator):
    imported = confirmed(table(checking.BATCH * 2), operator)
    running.run_batch()
    assert running.stop(imported, operator)
    assert figures(finish(imported))[:3] == ("stopped", checking.BATCH, checking.BATCH)
    assert User.objects.filter(email__startswith="user").count() == checking.BATCH
    assert not ImportBatch.objects.exists()
    assert not running.stop(imported, operator)
    assert Entry.objects.get(action="users.import_stopped").actor == operator


@pytest.mark.parametrize("loss", ["deleted", "disabled", "no longer operator"])
def test_who_may_not_add_users_any_more_adds_none(operator, loss):
    imported = confirmed(table(checking.BATCH * 2), operator)
    running.run_batch()
    if loss == "deleted":
        lifecycle.delete(operator)
    elif loss == "disabled":
        lifecycle.disable(operator)
    else:
        operator.groups.remove(operator.groups.get(name=OPERATORS))
    assert finish(imported).state == Import.State.STOPPED
    assert imported.reason == "The person who confirmed the import may not add users any more."
    assert User.objects.filter(email__startswith="user").count() == checking.BATCH


def test_who_is_no_administrator_any_more_makes_none(administrator):
    creation.create("other@example.com", administrator=True)
    imported = confirmed("email,role\neve@example.com,administrator\n", administrator)
    User.objects.filter(pk=administrator.pk).update(is_superuser=False)
    administrator.user_permissions.add(*_manage_users())
    assert finish(imported).reason == "Only an administrator can make somebody an administrator."
    assert not User.objects.filter(email="eve@example.com").exists()


def _manage_users():
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(codename="manage_users")


def test_the_trail_names_who_asked_and_from_where(as_operator, operator):
    imported = confirmed(table(1), operator)
    Import.objects.update(ip="192.0.2.7")
    finish(imported)
    [created] = Entry.objects.filter(action="account.created", target__contains="user0@")
    assert (created.actor, created.ip) == (operator, "192.0.2.7")
    started, ended = Entry.objects.filter(action__startswith="users.import").order_by("pk")
    assert (started.action, started.target, started.changes) == (
        "users.import_started",
        "people.csv",
        {"to_add": 1, "present": 0, "rejected": 0},
    )
    assert (ended.action, ended.actor, ended.changes) == (
        "users.import_ended",
        operator,
        {"added": 1, "present": 0, "rejected": 0},
    )


def test_a_task_ends_after_its_slice_and_says_that_more_is_left():
    imported = confirmed(table(checking.BATCH * 2))
    assert running.run(seconds=0)
    assert not running.run(seconds=60)
    imported.refresh_from_db()
    assert imported.state == Import.State.DONE


def test_imports_run_one_after_the_other():
    first, second = confirmed(table(3)), confirmed(table(5, prefix="other"))
    running.run_batch()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.handled, second.handled) == (3, 0)
    run_imports()
    assert finish(second).state == Import.State.DONE


def test_what_nobody_confirms_is_forgotten_after_a_day(time_machine):
    imported = checked("email\nann@example.com\nnobody\n")
    running.sweep()
    assert Import.objects.filter(pk=imported.pk).exists()
    time_machine.move_to(timezone.now() + timedelta(days=1, minutes=1))
    running.sweep()
    assert not Import.objects.exists()
    assert not ImportBatch.objects.exists()


def test_rejected_rows_are_forgotten_after_a_month(time_machine):
    imported = finish(confirmed("email\nann@example.com\nnobody\n"))
    running.sweep()
    assert RejectedRow.objects.count() == 1
    time_machine.move_to(timezone.now() + timedelta(days=31))
    running.sweep()
    assert not RejectedRow.objects.exists()
    assert Import.objects.get().rejected == imported.rejected == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_add_nobody_twice():
    imported = confirmed(table(checking.BATCH * 4))

    def work() -> None:
        try:
            while running.run():
                pass
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    imported.refresh_from_db()
    assert figures(imported) == ("done", 2_000, 2_000, 0, 0)
    assert User.objects.count() == Notification.objects.count() == 2_000

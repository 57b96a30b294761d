"""A file is looked at before anybody is added."""

import pytest

from accounts.imports import checking, rejected
from accounts.imports.models import Import, RejectedRow
from accounts.imports.reading import Unreadable
from accounts.models import User
from notifications.models import Notification
from tests.accounts.imports.conftest import checked, table
from tests.accounts.people import make_user

pytestmark = pytest.mark.django_db

MIXED = """\
Mail;Name;Phone;Role
ann@example.com;Ann;+47 1;
bob@example.com;Bob;+47 2;operator

bob;Nobody;+47 3;
BOB@example.com;Bob again;=1+1;
cat@example.com;Cat;+47 4;administrator
"""


def figures(imported: Import) -> tuple[int, ...]:
    return imported.rows, imported.valid, imported.present, imported.rejected


def test_checking_counts_and_adds_nobody(operator):
    make_user("ann@example.com")
    people = User.objects.count()
    imported = checked(MIXED, actor=operator)

    imported.refresh_from_db()
    assert (imported.state, figures(imported)) == (Import.State.CHECKED, (5, 1, 1, 3))
    assert (imported.delimiter, imported.ignored, imported.created_by) == (";", ["Phone"], operator)
    assert [batch.people for batch in imported.batches.all()] == [[["bob@example.com", "Bob", "operator", "en", "UTC"]]]
    assert User.objects.count() == people
    assert not Notification.objects.filter(recipient="bob@example.com").exists()


def test_each_rejected_row_is_kept_with_its_line_and_reason(operator):
    rows = checked(MIXED, actor=operator).rejected_rows.all()
    assert [(row.line, row.cells[0]) for row in rows] == [
        (5, "bob"),
        (6, "BOB@example.com"),
        (7, "cat@example.com"),
    ]
    assert [row.reason for row in rows] == [
        "“bob” is not an e-mail address: enter one such as noc@example.com.",
        "Line 3 has the same address.",
        "Only an administrator can make somebody an administrator.",
    ]


@pytest.mark.parametrize("content", ["name\nAnn\n", "email\n", "email\n\n,\n", b"email\nann@example.com\n\xff\n"])
def test_what_cannot_be_read_leaves_nothing(content):
    with pytest.raises(Unreadable):
        checked(content)
    assert not Import.objects.exists()


def test_a_long_file_is_stored_in_batches():
    imported = checked(table(checking.BATCH * 2 + 1))
    assert [len(batch.people) for batch in imported.batches.all()] == [checking.BATCH, checking.BATCH, 1]


def test_hostile_values_are_stored_and_shown_as_text(db):
    imported = checked(f"email,\0x\0,role\nx\0<script>,{'y' * 5000}{',z' * 300}\nb@c.example,,\0{'k' * 5000}\n")
    row, other = imported.rejected_rows.all()
    assert imported.ignored == ["�x�"]
    assert (row.cells[0], len(row.cells[1]), len(row.cells)) == ("x�<script>", 255, 200)
    assert other.reason.startswith("The role “�kkk")
    assert len(other.reason) == 1000


def test_rejected_rows_as_a_file_to_mend_and_send_again():
    text = 'E-Mail;Name;Note\n=cmd|calc;"A;B";"@SUM(A1)"\n+x@example;-1;\'quoted\n'
    imported = checked(text)
    downloaded = "".join(rejected.lines(imported)).removeprefix("\ufeff")
    assert downloaded.splitlines() == [
        "Line;Reason;E-Mail;Name;Note",
        "2;“=cmd|calc” is not an e-mail address: enter one such as noc@example.com.;'=cmd|calc;\"A;B\";'@SUM(A1)",
        "3;“+x@example” is not an e-mail address: enter one such as noc@example.com.;'+x@example;'-1;'quoted",
    ]
    again = checked(downloaded.encode("utf-8-sig"))
    assert [row.cells[2:] for row in again.rejected_rows.all()] == [row.cells for row in imported.rejected_rows.all()]


def test_a_download_reads_the_rows_as_it_goes():
    imported = checked("email\n" + "x\n" * 20)
    first = rejected.lines(imported)
    assert next(first) == "\ufeff"
    RejectedRow.objects.create(of=imported, line=99, cells=["later"], reason="-")
    assert len(list(first)) == 22

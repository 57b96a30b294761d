"""`manage.py deliver_notifications`, as somebody at a terminal and a script see it."""

import os
import signal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from notifications import emails
from notifications.models import Notification
from tests.notifications.conftest import save_settings
from tests.servers.aiosmtp import MailServer

pytestmark = pytest.mark.django_db


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def notify(user: User, count: int) -> None:
    for _ in range(count):
        emails.account_activated(user)


def test_everything_due_is_delivered_and_summed_up(user: User, open_server: MailServer) -> None:
    save_settings(open_server.port)
    notify(user, 3)
    out = StringIO()
    call_command("deliver_notifications", stdout=out)
    assert out.getvalue().startswith("Delivered 3, failed 0, to be tried again 0, in ")


def test_a_terminal_is_shown_how_far_it_is(
    user: User, open_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.management.commands.deliver_notifications.SHOWN_EVERY", 0.0)
    save_settings(open_server.port)
    notify(user, 3)
    out = Terminal()
    call_command("deliver_notifications", stdout=out)
    assert "\r1 of 3, " in out.getvalue()
    assert "\r3 of 3, " in out.getvalue()
    assert out.getvalue().endswith(" s.\n")


def test_a_held_queue_is_told_with_its_cause(user: User) -> None:
    save_settings(1)
    notify(user, 2)
    with pytest.raises(CommandError, match=r"2 waiting; mail is held: .*127\.0\.0\.1.*port 1") as caught:
        call_command("deliver_notifications", stdout=StringIO())
    assert caught.value.returncode == 1


def test_a_signal_finishes_what_is_under_way_and_gives_the_rest_back(
    user: User, open_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_settings(open_server.port, connections=1)
    notify(user, 30)

    class Interrupts(Terminal):
        def write(self, text: str) -> int:
            if text.startswith("\r2 of"):
                os.kill(os.getpid(), signal.SIGTERM)
            return super().write(text)

    monkeypatch.setattr("notifications.management.commands.deliver_notifications.SHOWN_EVERY", 0.0)
    before = signal.getsignal(signal.SIGTERM)
    out, err = Interrupts(), StringIO()
    with pytest.raises(CommandError, match=r"Stopped; \d+ waiting") as caught:
        call_command("deliver_notifications", stdout=out, stderr=err)
    assert caught.value.returncode == 1
    assert "again to stop at once" in err.getvalue()
    assert signal.getsignal(signal.SIGTERM) == before
    delivered = Notification.objects.filter(state="delivered").count()
    assert 2 <= delivered < 30
    assert Notification.objects.filter(state="waiting", lease_token=None).count() == 30 - delivered

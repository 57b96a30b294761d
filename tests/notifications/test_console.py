"""`send_test_email` as a person sees it: on a terminal, piped, narrow, without colours, interrupted."""

import io
import os
import re
import signal

import pytest
from django.core.management import CommandError, call_command

from notifications import worker
from notifications.management.stage_list import wrapped
from notifications.smtp import Stage
from tests.notifications.conftest import save_settings
from tests.servers.aiosmtp import MailServer
from tests.servers.scripted import Connection, scripted

pytestmark = pytest.mark.django_db

ESCAPE = "\x1b["
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run(out: io.StringIO, *arguments: str, **options: object) -> tuple[int, str]:
    try:
        call_command("send_test_email", "a@corp.example", *arguments, stdout=out, **options)
    except CommandError as error:
        return error.returncode, str(error)
    return 0, ""


def screen(written: str) -> list[str]:
    """What stands on the terminal in the end: `\x1b[nA` goes up, a carriage return with `\x1b[K` clears the line."""
    lines, row = [""], 0
    for part in re.split(r"(\x1b\[\d+A|\n|\r\x1b\[K)", written):
        if match := re.fullmatch(r"\x1b\[(\d+)A", part):
            row -= int(match.group(1))
        elif part == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif part.startswith("\r"):
            lines[row] = ""
        else:
            lines[row] += COLOUR.sub("", part)
    return lines


def test_a_terminal_shows_the_stages_in_their_places(open_server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    save_settings(open_server.port)
    out = Terminal()
    assert run(out, "--direct", force_color=True) == (0, "")
    written = out.getvalue()
    assert "… connect" in COLOUR.sub("", written)
    assert f"{ESCAPE}8A" in written
    shown = screen(written)
    assert [line.split()[:2] for line in shown[:8]] == [
        ["-", "resolve"], ["✓", "connect"], ["✓", "greeting"], ["-", "tls"],
        ["-", "authenticate"], ["✓", "sender"], ["✓", "recipient"], ["✓", "message"],
    ]  # fmt: skip
    assert all(len(line) <= 80 for line in shown)
    assert "Delivered: the server has taken the message as TEST1." in shown


def test_a_failure_marks_what_was_not_reached_and_fits_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    save_settings(1)
    out, err = Terminal(), Terminal()
    status, said = run(out, "--direct", stderr=err)
    assert status == 1
    assert [line[:1] for line in screen(out.getvalue())[:8]] == ["-", "✗", *"------"]
    # As Django prints it, with the exception's name before it.
    lines = f"NotDelivered: {said}".splitlines()
    assert len(lines) > 3
    assert all(len(line) <= 80 for line in lines)


def test_colours_are_left_out_where_they_are_not_wanted(
    open_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_settings(open_server.port)
    coloured, plain = Terminal(), Terminal()
    run(coloured, "--direct", force_color=True)
    monkeypatch.setenv("NO_COLOR", "1")
    run(plain, "--direct", force_color=True)
    assert (f"{ESCAPE}32;1m" in coloured.getvalue(), f"{ESCAPE}32;1m" in plain.getvalue()) == (True, False)


def test_piped_there_are_plain_lines_and_nothing_is_drawn_twice(open_server: MailServer) -> None:
    save_settings(open_server.port)
    out = io.StringIO()
    assert run(out, "--direct")[0] == 0
    assert ESCAPE not in out.getvalue()
    lines = out.getvalue().splitlines()
    assert [line.split()[1] for line in lines[:8]] == [str(stage) for stage in Stage]
    assert lines[-5:-1] == [
        f"Run by    {worker.NAME}",
        "Settings  version 1",
        "Resolved  127.0.0.1",
        "Network   127.0.0.1 to 127.0.0.1",
    ]


@pytest.mark.usefixtures("eager")
@pytest.mark.django_db(transaction=True)
def test_a_worker_and_direct_print_the_same_lines_to_compare(open_server: MailServer) -> None:
    save_settings(open_server.port)
    direct, by_worker = io.StringIO(), io.StringIO()
    run(direct, "--direct")
    run(by_worker)
    lines = [
        [line for line in out.getvalue().splitlines() if re.match("Run|Set|Res|Net", line)]
        for out in (direct, by_worker)
    ]
    assert lines[0] == lines[1]
    assert len(lines[0]) == 4


def test_long_sentences_are_wrapped_for_the_terminal() -> None:
    text = "The certificate of mail.corp.example port 587 is self-signed, and not trusted here. " * 4
    assert max(map(len, wrapped(text, 80).splitlines())) <= 80
    assert wrapped(text, 80).replace("\n", " ") == text.strip()
    fingerprint = ":".join(["AB"] * 32)
    assert fingerprint in wrapped(f"The fingerprint is {fingerprint}.", 40)


def test_ctrl_c_ends_with_a_sentence_and_130() -> None:
    def interrupt(connection: Connection) -> None:
        # Not in the midst of connecting: the socket would have no owner yet.
        connection.pause(0.3)
        os.kill(os.getpid(), signal.SIGINT)
        connection.wait_for_goodbye()

    # A shell starts what runs in its background deaf to Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with scripted(interrupt) as server:
            save_settings(server.port, timeout=20)
            assert run(io.StringIO(), "--direct") == (130, "Interrupted.")
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.django_db(transaction=True)
def test_ctrl_c_while_a_worker_has_the_test_says_where_its_result_will_be() -> None:
    save_settings(1)
    from notifications import delivery_test

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery_test, "wait", interrupted)
        status, said = run(io.StringIO())
    assert status == 130
    assert said == "Interrupted. The worker goes on with the test; the settings page lists its result."

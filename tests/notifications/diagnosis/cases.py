"""The cases of the tables in `replies/`, and the dialogue in which each reply is said.

A line is the step, the cause, the reply as it goes over the wire (`\\n` between its lines) and, after `||`, words that
the explanation or the remedy must hold. The step may add `+login` (SMTP Authentication is on), `+asks` (it is off, and
the server offers it) or `+tls` (TLS is on, and SMTP Authentication with it).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from notifications.smtp import Stage, TLSMode
from tests.servers.scripted import Script, default_tls, smtp_script

TABLES = sorted((Path(__file__).parent / "replies").glob("*.txt"))

_TLS = default_tls()

STAGES = {
    "banner": Stage.GREETING,
    "ehlo": Stage.GREETING,
    "starttls": Stage.TLS,
    "auth": Stage.AUTHENTICATE,
    "mail": Stage.SENDER,
    "rcpt": Stage.RECIPIENT,
    "data": Stage.MESSAGE,
    "final": Stage.MESSAGE,
}


@dataclass(frozen=True)
class Case:
    step: str
    situation: str
    cause: str
    reply: str
    words: tuple[str, ...]

    @property
    def stage(self) -> Stage:
        return STAGES[self.step]

    @property
    def mode(self) -> TLSMode:
        return TLSMode.STARTTLS if self.step == "starttls" or self.situation == "tls" else TLSMode.NONE

    @property
    def signs_in(self) -> bool:
        return self.step == "auth" or self.situation in ("login", "tls")

    @property
    def script(self) -> Script:
        """A server in good order but for this reply."""
        if self.step == "ehlo":
            return smtp_script(ehlo=self.reply, helo=self.reply)
        secured = "250-mail.test\n"
        secured += "250-AUTH PLAIN\n250 8BITMIME" if self.signs_in or self.situation == "asks" else "250 8BITMIME"
        clear = "250-mail.test\n250 STARTTLS" if self.mode is TLSMode.STARTTLS else secured
        return smtp_script(tls=_TLS, after_tls=secured, **{"ehlo": clear, self.step: self.reply})


def cases() -> Iterator[tuple[str, Case]]:
    """Each with a name for the test's report."""
    for table in TABLES:
        for number, line in enumerate(table.read_text().splitlines(), 1):
            if line and not line.startswith("#"):
                yield f"{table.stem}-{number}-{line.split()[1]}", _case(line)


def _case(line: str) -> Case:
    line, _, words = line.partition(" || ")
    where, cause, reply = line.split(None, 2)
    step, _, situation = where.partition("+")
    return Case(
        step,
        situation,
        cause,
        reply.strip().replace("\\n", "\n"),
        tuple(word.strip() for word in words.split(",")) if words else (),
    )

"""What a provider of mail is. The providers themselves are rows of data, in the modules beside this one."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from django.utils.translation import gettext as _

IMPLICIT_TLS_PORTS = frozenset({465, 2465})


@dataclass(frozen=True, slots=True)
class Provider:
    """One row, in English: its sentences are translated where they are shown.

    `username`, `credential` and `sender` follow the label of a field and a colon; `note` stands for itself.

    server      what to put into Server Address; empty where it differs from region to region
    credential  what goes into Password, and where to find it; empty where no password serves
    source      where all this is written
    issued      the password does not fit the rule for passwords: Issued by the provider has to be ticked
    ports       on which the server listens, the one to use first; TLS follows from the port
    per_minute  messages that it takes, 0 where it names no such limit
    login       the form of what goes into User Name, as a regular expression
    also        other names of the server; * stands for any characters
    related     names that belong to the provider and are not its server for sending
    domains     of the e-mail addresses that it gives out
    """

    name: str
    server: str
    username: str
    credential: str
    source: str
    issued: bool = True
    ports: tuple[int, ...] = (587, 465)
    login: str = ""
    limits: str = ""
    per_minute: int = 0
    sender: str = ""
    note: str = ""
    also: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()

    @property
    def port(self) -> int:
        return self.ports[0]

    @property
    def way(self) -> str:
        """How TLS begins on the port to use."""
        return _("implicit TLS") if self.port in IMPLICIT_TLS_PORTS else "STARTTLS"

    @property
    def sign_in(self) -> str:
        """What to enter to sign in, in a sentence or two."""
        told = {"name": self.name, "username": _(self.username)}
        wanted = _("%(name)s wants %(username)s in User Name.") % told
        if self.credential:
            told["credential"] = _(self.credential)
            wanted = _("%(name)s wants %(username)s in User Name, and in Password %(credential)s.") % told
        tick = _("Tick Issued by the provider.") if self.issued and self.credential else ""
        return " ".join(filter(None, (wanted, tick, self.note and _(self.note))))

    def serves(self, host: str) -> bool:
        return host == self.server or _fits(host, self.also)

    def owns(self, host: str) -> bool:
        """A name of the provider, of whatever service: to be asked after every server has been."""
        return host in self.domains or _fits(host, self.related)


def _fits(host: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(host, pattern) for pattern in patterns)

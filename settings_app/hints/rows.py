"""What may be wrong in each field of the settings: one row for each, with what finds it and what it may explain."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from settings_app.models import SMTPSettings
from settings_app.providers import Provider, provider_of
from settings_app.providers.provider import IMPLICIT_TLS_PORTS

_READING_PORTS = {110: "POP3", 143: "IMAP", 993: "IMAP", 995: "POP3"}
_WEB_PORTS = (80, 443, 8080, 8443)
_STARTTLS_PORTS = (25, 587, 2525, 2587)
_SENDING = gettext_lazy("Sending is on 587 (STARTTLS) or 465 (implicit TLS).")


Find = Callable[[SMTPSettings, Provider | None], str]


@dataclass(frozen=True, slots=True)
class Row:
    """`find` gives the sentence, or an empty string; `causes`: beginnings of the codes that it may explain."""

    field: str
    find: Find
    causes: tuple[str, ...]


def _reading_server(entered: SMTPSettings, provider: Provider | None) -> str:
    kind, _dot, domain = entered.server_address.lower().partition(".")
    known = {"imap": "IMAP", "imap4": "IMAP", "pop": "POP3", "pop3": "POP3"}.get(kind)
    if known is None or "." not in domain or (provider and provider.serves(entered.server_address.lower())):
        return ""
    server = provider.server if provider and provider.server else f"smtp.{domain}"
    return _("%(address)s is a server for reading mail (%(kind)s). The one for sending is %(perhaps)s %(server)s.") % {
        "address": entered.server_address,
        "kind": known,
        "perhaps": _("called") if provider else _("usually called"),
        "server": server,
    }


def _web_server(entered: SMTPSettings, provider: Provider | None) -> str:
    host = entered.server_address.lower()
    if _reading_server(entered, provider):
        return ""
    if provider and not provider.serves(host) and host:
        where = _("its server for sending is %(server)s") % {"server": provider.server} if provider.server else ""
        where = where or _("its server for sending has another name for each region")
        return _("%(address)s is a name of %(name)s; %(where)s.") % {
            "address": entered.server_address,
            "name": provider.name,
            "where": where,
        }
    if host.startswith(("www.", "webmail.")):
        return _("%(address)s is usually a web page. Enter the name of the mail server, such as smtp.%(domain)s.") % {
            "address": entered.server_address,
            "domain": host.partition(".")[2],
        }
    return ""


def _foreign_port(entered: SMTPSettings, _provider: Provider | None) -> str:
    what = ""
    if kind := _READING_PORTS.get(entered.port):
        what = _("Port %(port)d is for reading mail (%(kind)s).") % {"port": entered.port, "kind": kind}
    elif entered.port in _WEB_PORTS:
        what = _("Port %(port)d is for web pages.") % {"port": entered.port}
    return f"{what} {_SENDING}" if what else ""


def _port_of_provider(entered: SMTPSettings, provider: Provider | None) -> str:
    if not provider or not provider.serves(entered.server_address.lower()) or entered.port in provider.ports:
        return ""
    if _foreign_port(entered, provider):
        return ""
    return _("%(name)s listens on port %(ports)s.") % {
        "name": provider.name,
        "ports": _(" or ").join(map(str, provider.ports)),
    }


def _tls_against_port(entered: SMTPSettings, _provider: Provider | None) -> str:
    mode = entered.effective_tls_mode
    if entered.port in IMPLICIT_TLS_PORTS and mode != "implicit":
        return _("Port %(port)d begins with TLS at once. Switch TLS on, and set TLS mode to Implicit TLS.") % {
            "port": entered.port
        }
    if entered.port in _STARTTLS_PORTS and mode == "implicit":
        return _("Port %(port)d begins in clear, and TLS follows by STARTTLS. Set TLS mode to Automatic.") % {
            "port": entered.port
        }
    return ""


def _clear_to_provider(entered: SMTPSettings, provider: Provider | None) -> str:
    if entered.use_tls or not provider or not provider.serves(entered.server_address.lower()):
        return ""
    return _("%(name)s is reached over the internet: switch TLS on.") % {"name": provider.name}


def _login(entered: SMTPSettings, provider: Provider | None) -> str:
    if not (entered.authentication and entered.username and provider and provider.login):
        return ""
    if re.fullmatch(provider.login, entered.username):
        return ""
    return _("%(name)s wants %(username)s here.") % {"name": provider.name, "username": _(provider.username)}


def _own_password(entered: SMTPSettings, provider: Provider | None) -> str:
    if not (entered.authentication and provider and provider.issued and provider.credential):
        return ""
    if entered.provider_secret:
        return ""
    return _("%(name)s issues a password of its own kind: enter that one, and tick Issued by the provider.") % {
        "name": provider.name
    }


def _too_fast(entered: SMTPSettings, provider: Provider | None) -> str:
    most = provider.per_minute if provider and provider.serves(entered.server_address.lower()) else 0
    if not most or 0 < entered.messages_per_minute <= most:
        return ""
    return _("%(name)s takes %(most)d messages a minute: enter that, and nothing is refused for it.") % {
        "name": provider.name if provider else "",
        "most": most,
    }


def _no_password_serves(entered: SMTPSettings, provider: Provider | None) -> str:
    if entered.authentication and provider and not provider.credential:
        return _("%(name)s accepts no password from a program: use another provider for sending.") % {
            "name": provider.name
        }
    return ""


def _other_domain(entered: SMTPSettings, _provider: Provider | None) -> str:
    own, sender = _domain(entered.username), _domain(entered.from_email)
    related = sender == own or sender.endswith(f".{own}") or own.endswith(f".{sender}")
    if not (entered.authentication and own and sender) or related:
        return ""
    return _(
        "The e-mails come from %(sender)s, and the sign-in is of %(own)s. Many servers refuse that, and recipients "
        "take it for spam unless %(sender)s allows this server (SPF, DKIM)."
    ) % {"sender": sender, "own": own}


def _mailbox_elsewhere(entered: SMTPSettings, provider: Provider | None) -> str:
    sender = _domain(entered.sender)
    theirs = provider_of("", entered.sender) if sender else None
    if theirs is None or not entered.server_address or theirs is provider or _other_domain(entered, provider):
        return ""
    return _("Addresses of %(sender)s belong to %(name)s: recipients refuse them from any other server.") % {
        "sender": sender,
        "name": theirs.name,
    }


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower() if "@" in address else ""


_WAY = ("resolve.", "connect.", "greeting.", "tls.", "hello.", "server.closed", "server.timeout", "server.garbled")
_SIGN_IN = ("authenticate.",)
_SENDER = ("sender.", "message.", "authenticate.required", "recipient.relay_denied")
ROWS = (
    Row("server_address", _reading_server, _WAY),
    Row("server_address", _web_server, _WAY),
    Row("port", _foreign_port, _WAY),
    Row("port", _port_of_provider, _WAY),
    Row("port", _tls_against_port, _WAY),
    Row("use_tls", _clear_to_provider, (*_WAY, *_SIGN_IN, "sender.", "recipient.")),
    Row("username", _login, _SIGN_IN),
    # For the form alone: the provider's own words, which say the same, join every remedy about signing in.
    Row("password", _own_password, ()),
    Row("password", _no_password_serves, ()),
    Row("messages_per_minute", _too_fast, ("server.rate_limited",)),
    Row("from_email", _other_domain, _SENDER),
    Row("from_email", _mailbox_elsewhere, _SENDER),
)

"""The facts that the templates of the catalogue may name, out of a failure and what was attempted."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from notifications.diagnosis.codes import code_of
from notifications.diagnosis.sentence import as_fact, joined
from notifications.diagnosis.sentence import sentence as _
from notifications.smtp.failure import (
    AnswersInClear,
    AuthenticationNotOffered,
    BadAddress,
    Evidence,
    Garbled,
    SessionFailure,
    SpeaksTLS,
    UnusableCertificateSetting,
)
from notifications.smtp.foreign import recognise_banner, recognise_refusal
from notifications.smtp.text import words_of
from notifications.smtp.values import Reply, Server, Stage, TLSMode

_TLS_WORDS = {
    TLSMode.NONE: _("without TLS"),
    TLSMode.STARTTLS: _("in clear first, as STARTTLS needs"),
    TLSMode.IMPLICIT: _("with TLS"),
}
_STEPS = {
    "EHLO": _("after EHLO"),
    "HELO": _("after HELO"),
    "STARTTLS": _("after STARTTLS"),
    "AUTH": _("while signing in"),
    "MAIL": _("after MAIL FROM"),
    "RCPT": _("after RCPT TO"),
    "DATA": _("while the message was handed over"),
    "message": _("after the message was handed over"),
    "RSET": _("between two messages"),
}
# OpenSSL's X509_V_ERR_*: what is wrong with who signed it, and not with what it was made for.
_SELF_SIGNED, _NO_TRUST = 18, (2, 19, 20, 21, 24, 27)
_UNKNOWN = {
    "at": _("the mail server"),
    "recipient": _("this recipient"),
    "sender": _("this sender"),
}
# What is said unless the evidence says otherwise.
USUAL = {
    "silence": _("said nothing"),
    "relay_advice": _("Switch SMTP Authentication on (servers relay for those who signed in), or have"),
    "to_implicit": _(
        "Switch TLS on and set TLS mode to implicit TLS, or use the port on which the server offers STARTTLS "
        "(usually 587)."
    ),
    "to_starttls": _(
        "Set TLS mode to STARTTLS, with the port that goes with it (usually 587), or use the port for implicit TLS "
        "(usually 465)."
    ),
}
# What firewalls write over the extensions they want nobody to use (Cisco: "inspect esmtp").
_BLANKS = re.compile("X{4,}A?")
_BLANKED = _(
    " Those of nothing but X were written over on the way, as firewalls do that inspect SMTP: have that inspection "
    "switched off."
)
_LOOPBACK = ("localhost", "127.", "::1")


class Facts(dict[str, str]):
    """What nobody knows is left out of a sentence, never an error in it."""

    def __missing__(self, key: str) -> str:
        return (_UNKNOWN | USUAL).get(key, "")


def facts_of(failure: SessionFailure, server: Server, sender: str, recipient: str) -> Facts:
    evidence, error = failure.evidence, failure.error
    known = {
        "address": server.address,
        "at": _("{address} port {port}", address=server.address, port=str(server.port)),
        "after": _step(failure),
        "certificate": _certificates(evidence),
        "ehlo_name": evidence.ehlo_name or server.ehlo_name or "",
        "error": words_of(error),
        "names": _names(evidence),
        "now": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "recipient": recipient,
        "recipient_domain": recipient.rpartition("@")[2] or _("this domain"),
        "sender": sender,
        "sender_domain": sender.rpartition("@")[2] or _("the From address"),
        "tls_words": _TLS_WORDS[server.tls_mode],
        "username": server.username or "",
        "username_words": _username_words(server),
        "utf8_address": _beyond_ascii(recipient, sender),
        "auth_state": _(", and does not count this sign-in") if server.username is not None else "",
    }
    known |= {
        "said": quoted(failure.reply),
        "meaning": _meaning(failure.reply),
        "tried": _(" Tried: {addresses}.", addresses="; ".join(evidence.tried)) if evidence.tried else "",
        "relay_advice": "" if server.username is None else _("This sign-in may not do so: have"),
        "offered": "" if failure.reply else _offered(evidence, error),
        "unknown_name": _unknown_name(error, server),
        "also_out_of_date": _also_out_of_date(evidence),
        "mechanisms": _mechanisms(evidence),
        "spoke": _spoke(error, evidence, failure.reply),
        "spoke_as": _spoke_as(error),
        "to_implicit": _elsewhere(error),
        "to_starttls": _elsewhere(error),
        "silence": _("did not finish its greeting") if getattr(error, "begun", False) else "",
        "trust_problem": _trust_problem(error),
        "ca_hint": _(" Check CA Certificate: it cannot be read as PEM.") if _bad_setting(error) else "",
        "local": _local(server),
        "maybe": _(" The server may have accepted the message all the same.") if failure.maybe_accepted else "",
        "detail": _(" It was not sent: {error}.", error=str(error)) if isinstance(error, BadAddress) else "",
    }
    return Facts({name: as_fact(value) for name, value in known.items() if value})


def _username_words(server: Server) -> str:
    return _("the user {username}", username=server.username) if server.username else _("this machine")


def _mechanisms(evidence: Evidence) -> str:
    return _(" (it offers {mechanisms})", mechanisms=", ".join(evidence.mechanisms)) if evidence.mechanisms else ""


def _step(failure: SessionFailure) -> str:
    # The lines of a sign-in have no verb.
    other = _("while signing in") if failure.stage is Stage.AUTHENTICATE else _("in the middle of the dialogue")
    return _STEPS.get(failure.evidence.said, other)


def quoted(reply: Reply | None) -> str:
    return _(" The server said: “{reply}”.", reply=str(reply)) if reply else ""


def _meaning(reply: Reply | None) -> str:
    code = code_of(reply) if reply else None
    if reply is None or code is None or code.meaning.startswith("Other"):
        return ""
    return _(" {code} stands for “{meaning}”.", code=reply.enhanced or "", meaning=code.meaning)


def _beyond_ascii(*addresses: str) -> str:
    found = next((address for address in addresses if not address.isascii()), "")
    return _(", and {address} holds others, which need SMTPUTF8", address=found) if found else ""


def _certificates(evidence: Evidence) -> str:
    now = datetime.now(UTC)
    told = []
    for number, certificate in enumerate(evidence.certificates):
        valid = certificate.not_before <= now <= certificate.not_after
        # Of the others in the chain, only one that is itself at fault.
        if number == 0 or not valid:
            subject = ", ".join(certificate.names[:5]) or certificate.subject or _("no name")
            issuer = certificate.issuer or _("an authority without a name")
            key = f", {certificate.key}" if certificate.key else ""
            told.append(
                _(
                    "The certificate for {subject} was issued by {issuer} and is valid from {start} to {end} UTC{key}.",
                    subject=subject,
                    issuer=issuer,
                    start=f"{certificate.not_before:%Y-%m-%d}",
                    end=f"{certificate.not_after:%Y-%m-%d %H:%M}",
                    key=key,
                )
            )
    return joined(told)


def _names(evidence: Evidence) -> str:
    if not evidence.certificates:
        return ""
    own = evidence.certificates[0]
    names = own.names or ((own.subject,) if own.subject else ())
    return _("It is for {names}.", names=", ".join(names[:20])) if names else _("It names no host.")


def _also_out_of_date(evidence: Evidence) -> str:
    own = next(iter(evidence.certificates), None)
    if own is None or own.not_before <= datetime.now(UTC) <= own.not_after:
        return ""
    start, end = f"{own.not_before:%Y-%m-%d}", f"{own.not_after:%Y-%m-%d}"
    return _(" It is out of date too: valid from {start} to {end}.", start=start, end=end)


def _unknown_name(error: BaseException | None, server: Server) -> str:
    unknown = "UNRECOGNIZED_NAME" in str(getattr(error, "reason", "")).upper()
    if not unknown:
        return ""
    return _(" The server has no certificate for the name {address}: it may go by another one.", address=server.address)


def _offered(evidence: Evidence, error: BaseException | None) -> str:
    if isinstance(error, AuthenticationNotOffered) and error.over_tls:
        return ""
    if not evidence.offered:
        return _(" It offers no extensions.")
    blanked = _BLANKED if any(_BLANKS.fullmatch(word) for word in evidence.offered) else ""
    return _(" It offers {extensions}.{blanked}", extensions=", ".join(evidence.offered), blanked=blanked)


def foreign_of(banner: str, reply: Reply | None) -> str:
    """The protocol of a service that greets, and refuses EHLO, with reply codes as mail servers do."""
    return recognise_banner(banner) or (recognise_refusal(reply.text) if reply else "")


def _spoke(error: BaseException | None, evidence: Evidence, reply: Reply | None) -> str:
    name = error.spoke if isinstance(error, Garbled) else ""
    name = name or foreign_of(evidence.banner, reply)
    if name:
        return _("it looks like {protocol}.", protocol=name)
    return _("what it sent is not the beginning of an SMTP dialogue.")


def _spoke_as(error: BaseException | None) -> str:
    name = error.spoke if isinstance(error, AnswersInClear | SpeaksTLS) else ""
    return _(" (it looks like {protocol})", protocol=name) if name else ""


def _elsewhere(error: BaseException | None) -> str:
    """No TLS mode makes a mail server of something else."""
    foreign = isinstance(error, AnswersInClear | SpeaksTLS) and error.spoke not in ("", "SMTP")
    if not foreign:
        return ""
    return _("Check Server Address and Port Number: this is no mail server. SMTP is usually on 587, 465 or 25.")


def _trust_problem(error: BaseException | None) -> str:
    code = getattr(error, "verify_code", 0)
    if code == _SELF_SIGNED:
        return _("self-signed, and not trusted here")
    if code in _NO_TRUST:
        return _("signed by an authority that is not trusted here ({words})", words=words_of(error))
    return _("not accepted here ({words})", words=words_of(error))


def _bad_setting(error: BaseException | None) -> bool:
    return isinstance(error, UnusableCertificateSetting)


def _local(server: Server) -> str:
    if not server.address.startswith(_LOOPBACK):
        return ""
    return _(" {address} is the machine, or the container, that the delivery worker runs in.", address=server.address)

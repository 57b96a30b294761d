"""What a refusal means: first by known wordings, then by the enhanced code, then by the code and the step."""

from __future__ import annotations

from notifications.diagnosis.wordings import meaning_of
from notifications.smtp.failure import SessionFailure
from notifications.smtp.foreign import recognise_banner
from notifications.smtp.values import Reply, Server, Stage, TLSMode

# RFC 3463 and the registry that RFC 5248 began, without the class: the code's first digit says how lasting it is.
_ENHANCED = {
    "1.1": "recipient.unknown",
    "1.2": "recipient.domain_unknown",
    "1.6": "recipient.unknown",
    "1.7": "sender.rejected",
    "1.8": "sender.domain_unknown",
    "1.10": "recipient.domain_unknown",
    "2.1": "recipient.unknown",
    "2.2": "recipient.mailbox_full",
    "2.3": "message.too_large",
    "3.1": "server.storage",
    "3.4": "message.too_large",
    "5.3": "server.rate_limited",
    "6.7": "server.no_smtputf8",
    "7.8": "authenticate.rejected",
    "7.10": "tls.required",
    "7.13": "authenticate.disabled",
    "7.25": "server.blocked_client",
    "7.28": "server.rate_limited",
}
_CODES = {
    (Stage.SENDER, 452): "server.storage",
    (Stage.RECIPIENT, 452): "server.storage",
    (Stage.MESSAGE, 452): "server.storage",
    (Stage.SENDER, 552): "message.too_large",
    (Stage.RECIPIENT, 552): "recipient.mailbox_full",
    (Stage.MESSAGE, 552): "message.too_large",
    (Stage.RECIPIENT, 551): "recipient.relay_denied",
    (Stage.RECIPIENT, 556): "recipient.domain_unknown",
}
_ENVELOPE = (Stage.SENDER, Stage.RECIPIENT, Stage.MESSAGE)


def cause_of_reply(failure: SessionFailure, reply: Reply, server: Server) -> str:
    stage = failure.stage
    if reply.code < 400:
        return "server.garbled"
    cause = _known(failure, reply, server) or _generic(failure, reply, server)
    if cause in ("tls.required", "authenticate.needs_tls") and server.tls_mode is not TLSMode.NONE:
        # TLS is on already: the words mean something else, so that only the step is certain.
        return "authenticate.rejected" if stage is Stage.AUTHENTICATE else _unknown(failure, reply)
    return cause


def _known(failure: SessionFailure, reply: Reply, server: Server) -> str | None:
    if failure.stage is Stage.TLS and failure.evidence.said == "STARTTLS":
        return "tls.refused"
    foreign = recognise_banner(failure.evidence.banner) if failure.evidence.said in ("EHLO", "HELO") else ""
    if foreign:
        return "greeting.not_smtp"
    if "client host rejected: access denied" in reply.text.lower():
        # Submission services of Postfix say this to whoever has not signed in.
        asks = server.username is None and "AUTH" in failure.evidence.offered
        return "authenticate.required" if asks else "server.blocked_client"
    return meaning_of(failure.stage, reply)


def _generic(failure: SessionFailure, reply: Reply, server: Server) -> str:
    stage = failure.stage
    if stage in _ENVELOPE:
        if reply.code == 530:
            return _without_access(reply, server)
        detail = (reply.enhanced or "").partition(".")[2]
        cause = _ENHANCED.get(detail)
        # The sender's own step: what these codes say of an address, they say of the sender's.
        if cause is not None and not (stage is Stage.SENDER and cause.startswith("recipient.")):
            return cause
        if reply.enhanced in (None, f"{reply.code // 100}.0.0") and (stage, reply.code) in _CODES:
            return _CODES[stage, reply.code]
    return _unknown(failure, reply)


def _without_access(reply: Reply, server: Server) -> str:
    """530: RFC 3207 gives it for TLS, RFC 4954 for authentication."""
    words = reply.text.lower()
    wants_tls = any(word in words for word in ("tls", "ssl", "encrypt", "secure"))
    return "tls.required" if wants_tls and server.tls_mode is TLSMode.NONE else "authenticate.required"


def _unknown(failure: SessionFailure, reply: Reply) -> str:
    stage, said = failure.stage, failure.evidence.said
    if stage is Stage.AUTHENTICATE and reply.temporary and reply.code != 421:
        return "authenticate.unavailable"
    if reply.temporary:
        return "server.busy"
    if said in ("EHLO", "HELO"):
        return "hello.rejected"
    if stage is Stage.TLS:
        return "tls.refused"
    return f"{stage}.rejected" if stage in (*_ENVELOPE, Stage.AUTHENTICATE) else "greeting.rejected"

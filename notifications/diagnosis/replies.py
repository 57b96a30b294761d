"""What a refusal means: first by known wordings, then by the enhanced code, then by the code and the step."""

from __future__ import annotations

from notifications.diagnosis.codes import code_of
from notifications.diagnosis.facts import foreign_of
from notifications.diagnosis.wordings import meaning_of
from notifications.smtp.failure import SessionFailure
from notifications.smtp.values import Reply, Server, Stage, TLSMode

_CODES = {
    (Stage.SENDER, 452): "server.storage",
    (Stage.RECIPIENT, 452): "server.storage",
    (Stage.MESSAGE, 452): "server.storage",
    (Stage.SENDER, 535): "authenticate.rejected",
    (Stage.RECIPIENT, 535): "authenticate.rejected",
    (Stage.MESSAGE, 535): "authenticate.rejected",
    (Stage.SENDER, 552): "message.too_large",
    (Stage.RECIPIENT, 552): "recipient.mailbox_full",
    (Stage.MESSAGE, 552): "message.too_large",
    (Stage.RECIPIENT, 551): "recipient.relay_denied",
    (Stage.SENDER, 556): "sender.domain_unknown",
    (Stage.RECIPIENT, 556): "recipient.domain_unknown",
}
_ENVELOPE = (Stage.SENDER, Stage.RECIPIENT, Stage.MESSAGE)
# What an enhanced code may mean at each step: at MAIL FROM, what it says of an address, it says of the sender's.
_SUBJECTS = {
    Stage.GREETING: ("server.", "tls.required"),
    Stage.AUTHENTICATE: ("server.", "authenticate."),
    Stage.SENDER: ("server.", "tls.", "authenticate.", "sender.", "message."),
    Stage.RECIPIENT: ("server.", "tls.", "authenticate.", "sender.", "message.", "recipient."),
    Stage.MESSAGE: ("server.", "tls.", "authenticate.", "sender.", "message.", "recipient."),
}


def cause_of_reply(failure: SessionFailure, reply: Reply, server: Server) -> str:
    stage = failure.stage
    if reply.code < 400:
        return "server.garbled"
    cause = _known(failure, reply, server) or _generic(failure, reply, server)
    if cause in ("tls.required", "authenticate.needs_tls") and server.tls_mode is not TLSMode.NONE:
        # TLS is on already: the words mean something else, so that only the step is certain.
        return "authenticate.rejected" if stage is Stage.AUTHENTICATE else _unknown(failure, reply)
    if cause == "authenticate.rejected" and server.username is None:
        # Nothing was there to be rejected.
        return "authenticate.required"
    return cause


def _known(failure: SessionFailure, reply: Reply, server: Server) -> str | None:
    if failure.stage is Stage.TLS and failure.evidence.said == "STARTTLS":
        # Whatever it is that the server lacks, unless it says that this client comes too often.
        meaning = meaning_of(failure.stage, reply)
        return meaning if meaning == "server.rate_limited" else "tls.refused"
    if failure.evidence.said in ("EHLO", "HELO") and foreign_of(failure.evidence.banner, reply):
        return "greeting.not_smtp"
    if "client host rejected: access denied" in reply.text.lower():
        # Submission services of Postfix say this to whoever has not signed in.
        asks = server.username is None and "AUTH" in failure.evidence.offered
        return "authenticate.required" if asks else "server.blocked_client"
    return meaning_of(failure.stage, reply)


def _generic(failure: SessionFailure, reply: Reply, server: Server) -> str:
    stage = failure.stage
    if stage in _ENVELOPE and reply.code == 530:
        return _without_access(reply, server)
    if cause := _by_enhanced_code(stage, reply):
        return cause
    # A detail that the registry leaves open says that the basic code does not mean its usual thing.
    if reply.enhanced in (None, f"{reply.code // 100}.0.0") and (stage, reply.code) in _CODES:
        return _CODES[stage, reply.code]
    return _unknown(failure, reply)


def _by_enhanced_code(stage: Stage, reply: Reply) -> str | None:
    code = code_of(reply)
    if code is None or str(reply.code)[0] not in code.classes:
        return None
    cause = code.cause
    if stage is Stage.AUTHENTICATE and cause == "tls.required":
        cause = "authenticate.needs_tls"
    return cause if cause and cause.startswith(_SUBJECTS.get(stage, ())) else None


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

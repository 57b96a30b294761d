"""What a failure without a reply means: the exception, and what was said before it."""

from __future__ import annotations

import errno
import socket
import ssl

from notifications.smtp.failure import (
    AnswersInClear,
    AuthenticationNotOffered,
    BadAddress,
    ClosedByServer,
    Evidence,
    Garbled,
    HandshakeBroken,
    InjectedBytes,
    NoCommonMechanism,
    NoReply,
    SessionFailure,
    SMTPUTF8NotOffered,
    SpeaksTLS,
    TLSNotOffered,
    Unreached,
    Unresolved,
    UnusableCertificateSetting,
)
from notifications.smtp.foreign import recognise_banner
from notifications.smtp.values import Stage

# OpenSSL's X509_V_ERR_*: what its verification found.
_VERIFY = {
    9: "tls.not_yet_valid",
    10: "tls.expired",
    62: "tls.name_mismatch",
    64: "tls.name_mismatch",
    66: "tls.weak_certificate",
    67: "tls.weak_certificate",
    68: "tls.weak_certificate",
}
_REASONS = (
    (
        "tls.weak_certificate",
        ("EE_KEY_TOO_SMALL", "CA_KEY_TOO_SMALL", "CA_MD_TOO_WEAK", "WRONG_SIGNATURE_TYPE", "SIGALG"),
    ),
    ("tls.client_certificate", ("CERTIFICATE_REQUIRED", "PEER_DID_NOT_RETURN")),
    (
        "tls.protocol",
        ("PROTOCOL", "CIPHER", "VERSION", "INSUFFICIENT_SECURITY", "TOO_SMALL", "RENEGOTIATION", "GROUP", "CURVE"),
    ),
)
_NO_CERTIFICATE = ("CERTIFICATE", "HANDSHAKE_FAILURE", "ACCESS_DENIED", "UNKNOWN_CA", "UNEXPECTED_MESSAGE")
_NETWORK = {
    errno.ECONNREFUSED: "connect.refused",
    errno.ETIMEDOUT: "connect.timeout",
    errno.EPERM: "connect.forbidden",
    errno.EACCES: "connect.forbidden",
}
_SIMPLE = (
    (InjectedBytes, "tls.injected"),
    (SpeaksTLS, "greeting.expects_tls"),
    (TLSNotOffered, "tls.not_offered"),
    (AnswersInClear, "tls.not_spoken"),
    (NoCommonMechanism, "authenticate.no_common_mechanism"),
    (SMTPUTF8NotOffered, "server.no_smtputf8"),
    (UnusableCertificateSetting, "tls.failed"),
)


def cause_of_error(failure: SessionFailure) -> str:
    error, stage = failure.error, failure.stage
    if isinstance(error, Unresolved):
        return f"resolve.{error.kind}"
    if isinstance(error, Unreached):
        return f"connect.{error.kind}"
    if isinstance(error, AnswersInClear) and failure.evidence.said == "STARTTLS":
        return "tls.failed"
    for kind, cause in _SIMPLE:
        if isinstance(error, kind):
            return cause
    if isinstance(error, AuthenticationNotOffered):
        return "authenticate.needs_tls" if error.over_tls else "authenticate.not_offered"
    if isinstance(error, BadAddress):
        return {Stage.SENDER: "sender.rejected", Stage.GREETING: "hello.rejected"}.get(stage, "recipient.rejected")
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return _cause_of_tls(error, failure.evidence)
    return _cause_of_transport(error, stage, failure.evidence)


def _cause_of_tls(error: ssl.SSLError, evidence: Evidence) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _VERIFY.get(getattr(error, "verify_code", 0), "tls.untrusted")
    reason = (getattr(error, "reason", None) or "").upper()
    # TLS 1.2 has no alert of its own for a certificate that is missing: each library chooses another.
    if evidence.client_certificate_requested and "ALERT" in reason and any(word in reason for word in _NO_CERTIFICATE):
        return "tls.client_certificate"
    if "HANDSHAKE_FAILURE" in reason:
        return "tls.protocol"
    return next((cause for cause, words in _REASONS if any(word in reason for word in words)), "tls.failed")


def _cause_of_transport(error: BaseException | None, stage: Stage, evidence: Evidence) -> str:
    if stage is Stage.RESOLVE or isinstance(error, socket.gaierror):
        return "resolve.unavailable"
    if stage is Stage.CONNECT:
        if isinstance(error, NoReply | TimeoutError):
            return "connect.timeout"
        if isinstance(error, ClosedByServer):
            return "server.closed"
        return _NETWORK.get(getattr(error, "errno", None) or 0, "connect.unreachable")
    silent = isinstance(error, NoReply | TimeoutError)
    if isinstance(error, HandshakeBroken):
        if error.answered or evidence.said:
            return "tls.failed"
        silent = error.kind == "timeout"
    if isinstance(error, Garbled):
        return "server.garbled" if evidence.said else "greeting.not_smtp"
    if evidence.said in ("EHLO", "HELO") and recognise_banner(evidence.banner):
        return "greeting.not_smtp"
    place = "server" if evidence.said or stage not in (Stage.GREETING, Stage.TLS) else "greeting"
    return f"{place}.timeout" if silent else f"{place}.closed"

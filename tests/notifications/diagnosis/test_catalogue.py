import re
import string

import pytest

from notifications.diagnosis import CAUSES, Cause, diagnosis_of

# The public contract: pages, JSON, log and metrics show these codes. They are never renamed.
CODES = [
    "settings.missing",
    "settings.undecryptable",
    "settings.destination_changed",
    "worker.absent",
    "resolve.not_found",
    "resolve.no_address",
    "resolve.unavailable",
    "connect.refused",
    "connect.timeout",
    "connect.unreachable",
    "connect.forbidden",
    "greeting.timeout",
    "greeting.expects_tls",
    "greeting.not_smtp",
    "greeting.rejected",
    "greeting.closed",
    "hello.rejected",
    "tls.not_offered",
    "tls.refused",
    "tls.not_spoken",
    "tls.untrusted",
    "tls.expired",
    "tls.not_yet_valid",
    "tls.name_mismatch",
    "tls.protocol",
    "tls.required",
    "tls.weak_certificate",
    "tls.client_certificate",
    "tls.injected",
    "tls.failed",
    "authenticate.not_offered",
    "authenticate.needs_tls",
    "authenticate.no_common_mechanism",
    "authenticate.rejected",
    "authenticate.application_password",
    "authenticate.browser_sign_in",
    "authenticate.disabled",
    "authenticate.unavailable",
    "authenticate.required",
    "sender.not_allowed",
    "sender.domain_unknown",
    "sender.rejected",
    "recipient.relay_denied",
    "recipient.unknown",
    "recipient.domain_unknown",
    "recipient.mailbox_full",
    "recipient.greylisted",
    "recipient.rejected",
    "message.too_large",
    "message.spam",
    "message.unauthenticated_domain",
    "message.rejected",
    "server.rate_limited",
    "server.quota_exceeded",
    "server.blocked_client",
    "server.busy",
    "server.storage",
    "server.closed",
    "server.timeout",
    "server.garbled",
    "server.no_smtputf8",
]

FACTS = {
    "address", "after", "also_out_of_date", "at", "auth_state", "ca_hint", "certificate", "detail", "ehlo_name",
    "error", "local", "maybe", "meaning", "mechanisms", "names", "now", "offered", "recipient", "recipient_domain",
    "relay_advice", "said", "sender", "sender_domain", "silence", "spoke", "spoke_as", "tls_words", "to_implicit",
    "to_starttls", "tried", "trust_problem", "unknown_name", "username", "username_words", "utf8_address",
}  # fmt: skip


def test_the_codes_are_those_of_the_vocabulary() -> None:
    assert sorted(CAUSES) == sorted(CODES)


@pytest.mark.parametrize("cause", CAUSES.values(), ids=lambda cause: cause.code)
def test_every_cause_can_be_told(cause: Cause) -> None:
    names = {
        name for text in (cause.explanation, cause.remedy) for _, name, _, _ in string.Formatter().parse(text) if name
    }
    assert names <= FACTS
    assert cause.explanation.endswith((".", "}"))
    assert cause.remedy.endswith((".", "}"))
    assert cause.title[0].islower() or cause.title.startswith(("SPF", "TLS"))
    assert not cause.title.endswith(".")


@pytest.mark.parametrize(
    ("code", "scope"),
    [
        ("settings.missing", "queue"),
        ("hello.rejected", "queue"),
        ("sender.rejected", "queue"),
        ("server.busy", "queue"),
        ("recipient.unknown", "message"),
        ("message.spam", "message"),
        ("server.no_smtputf8", "message"),
        ("server.closed", "connection"),
        ("server.timeout", "connection"),
        ("server.garbled", "connection"),
    ],
)
def test_the_scope_follows_from_the_cause(code: str, scope: str) -> None:
    assert CAUSES[code].scope == scope


@pytest.mark.parametrize("code", CODES)
def test_a_diagnosis_without_facts_is_still_a_sentence(code: str) -> None:
    diagnosis = diagnosis_of(code)
    assert (diagnosis.cause, diagnosis.stage, diagnosis.reply) == (code, None, None)
    assert not re.search(r"[{}]", diagnosis.explanation + diagnosis.remedy)


def test_the_facts_that_are_known_are_told() -> None:
    diagnosis = diagnosis_of(
        "settings.destination_changed", address="mail.test", port="587", detail="It was for old.test."
    )
    assert diagnosis.explanation == (
        "The stored password was entered for another destination, and is not sent to mail.test port 587. "
        "It was for old.test."
    )

"""What is said of the recipient, and of the message for it."""

from notifications.diagnosis.wording import DATA, RCPT, usually

_WHO = r"(user|recipient|mailbox|address|account|local part|alias)\b"

LINES = (
    usually("recipient.greylisted", "gr[ae]y.?list", "postgrey", codes="4..", at=(RCPT, DATA)),
    usually(
        "recipient.greylisted",
        "(try|come back|retry).{0,20}(later|again|in)",
        "temporarily deferred",
        codes="4.. 4.7.1",
        at=(RCPT, DATA),
    ),
    usually(
        "recipient.domain_unknown",
        "null ?mx",
        r"\b(host|domain)( or domain)? (name )?(\S+ )?(not found|unknown|does(n't| not) exist)",
        "unknown (host|domain)",
        "does not accept (e-?)?mail",
        "no (mx|such domain|such host)",
        at=(RCPT, DATA),
    ),
    usually(
        "recipient.mailbox_full",
        "(mail)?box.{0,20} full",
        "mailfolder is full",
        "over.?quota",
        "quota (is |has been )?exceed",
        r"exceed\w*.{0,20}quota",
        "out of storage",
        "mailbox size",
        "over its? (disk )?quota",
        "insufficient (mailbox )?storage space",
        at=(RCPT, DATA),
    ),
    usually(
        "recipient.rejected",
        "(bad|invalid|malformed) (recipient|destination) (address )?syntax",
        "illegal characters",
        "must contain a domain",
        at=(RCPT, DATA),
    ),
    usually(
        "recipient.unknown",
        rf"{_WHO}.{{0,40}}(unknown|not found|doesn.t exist|not exist)",
        rf"{_WHO}.{{0,40}}(no longer|invalid|inactive|is disabled)",
        rf"(unknown|no such|invalid|non-?exist\w*|bad|illegal) (local )?({_WHO}|person)",
        "no mailbox",
        "mailbox (is )?unavailable",
        "unrouteable address",
        "undeliverable address",
        "not our customer",
        "no valid recipients",
        at=(RCPT, DATA),
    ),
    usually(
        "message.spam",
        r"\bspam",
        "unsolicited",
        r"\bvirus",
        "malware",
        "phish",
        "content (filter|presents)",
        r"\b(infected|trojan)\b",
        "message (looks|blocked)",
        "suspicious",
        r"\bjunk\b",
        r"\bscored?\b",
        "blocked for (abuse|content)",
        at=(RCPT, DATA),
    ),
)

"""What servers say of the recipient, and of the message for it."""

from notifications.diagnosis.wording import DATA, RCPT, says

LINES = (
    says("recipient.greylisted", "4..", ("gr[ae]y.?list", "postgrey", "greylist"), "Postgrey, Exim, rspamd"),
    says(
        "recipient.greylisted",
        "4.. 4.7.1",
        ("(try|come back|retry).{0,20}(later|again)", "temporarily deferred"),
        "rspamd, milter-greylist",
        stages=(
            RCPT,
            DATA,
        ),
    ),
    says(
        "recipient.domain_unknown",
        "[45]..",
        (
            "recipient address rejected: (domain not found|malformed dns)",
            "null ?mx",
            "(host|domain)( or domain)? (name )?(not found|unknown|does not exist)",
            "does not accept (e-?)?mail",
            "no (mx|such domain)",
        ),
        "Postfix, RFC 7505",
        stages=(
            RCPT,
            DATA,
        ),
    ),
    says(
        "recipient.mailbox_full",
        "[45]..",
        (
            "(mail)?box.{0,20} full",
            "mailfolder is full",
            "over.?quota",
            "quota (is )?exceed",
            r"exceed\w*.{0,20}quota",
            "out of storage",
            "mailbox size",
            "over its? (disk )?quota",
            "insufficient (mailbox )?storage space",
        ),
        "various",
        stages=(
            RCPT,
            DATA,
        ),
    ),
    says(
        "recipient.unknown",
        "550 5.4.1",
        ("recipient address rejected: access denied",),
        "Microsoft 365",
        stages=(
            RCPT,
            DATA,
        ),
    ),
    says(
        "recipient.unknown",
        "[45]..",
        (
            r"(user|recipient|mailbox|address|account|local part)\b.{0,40}(unknown|not found|doesn.t exist|not exist)",
            r"(user|recipient|mailbox|address|account)\b.{0,40}(no longer|invalid|inactive|is disabled)",
            r"(unknown|no such|invalid|non-?exist\w*|bad) (local )?(user|recipient|mailbox|address|person|account)",
            "no mailbox",
            "unrouteable address",
            "recipientnotfound",
            "undeliverable address",
            "not our customer",
            "no valid recipients",
        ),
        "various",
        stages=(
            RCPT,
            DATA,
        ),
    ),
    says(
        "message.spam",
        "[45]..",
        (
            r"\bspam",
            "unsolicited",
            r"\bvirus",
            "malware",
            "phish",
            "content (rejected|filter|presents)",
            "message (looks|blocked|contains)",
            "suspicious",
            r"\bjunk",
            "spamassassin",
            r"\bscore\b",
            "blocked for (abuse|content)",
        ),
        "various",
        stages=(DATA,),
    ),
)

"""What servers say when something is used up: a rate, a quota, a disk, a size."""

from notifications.diagnosis.wording import DATA, MAIL, RCPT, says

LINES = (
    # Before the quotas of senders: this code says that it is the mailbox's.
    says(
        "recipient.mailbox_full",
        "[45].. [45].2.2",
        (),
        "RFC 3463",
        stages=(
            RCPT,
            DATA,
        ),
    ),
    says(
        "server.quota_exceeded",
        "[45].. [45].4.5",
        (),
        "Gmail",
        stages=(
            MAIL,
            RCPT,
            DATA,
        ),
    ),
    says("server.quota_exceeded", "[45].. 5.1.90", (), "Microsoft 365"),
    says(
        "server.quota_exceeded",
        "[45]..",
        (
            r"(daily|monthly|hourly|24.hour|per.day|plan|account|sending|user|outgoing|free).{0,40}(quota|limit|allowance)\b.{0,30}(exceed|reach|used|hit)",
            "exceeded.{0,20}(daily|monthly|hourly|sending|messaging|plan).{0,20}(quota|limit)",
            "maximum credits",
        ),
        "Amazon SES, Gmail, SendGrid",
    ),
    says(
        "server.quota_exceeded",
        "[45]..",
        ("unusual sending activity", "reached (your|the) .{0,30}limit"),
        "Zoho, Microsoft",
    ),
    says("server.rate_limited", "4.. 4.5.3", (), "RFC 3463"),
    says(
        "server.rate_limited",
        "[45]..",
        (
            "too many (concurrent|connections|messages|mails|sessions|simultaneous|recipients|requests|errors|hops)",
            "too much mail",
            "rate.?limit",
            "throttl",
            "sending rate",
            "sender rate",
            "(connection|message|submission|recipient|mail|sending) rate",
            "concurrent connection",
            "slow(ing)? down",
            "unusual rate",
            "too fast",
            "rate exceeded",
        ),
        "various",
    ),
    says("server.storage", "[45].. [45].3.1", (), "RFC 3463"),
    says(
        "server.storage",
        "[45]..",
        (
            "insufficient system (storage|resources)",
            "disk (is )?full",
            "no space left",
            "not enough (disk )?space",
            "queue file write error",
            "out of disk",
        ),
        "Postfix, Sendmail",
    ),
    says("message.too_large", "[45].. [45].(3.4|2.3)", (), "RFC 3463"),
    says(
        "message.too_large",
        "[45]..",
        (
            "message (size )?(is )?(too (large|big)|exceeds)",
            "size (limit )?exceed",
            "exceed.{0,30}(message size|size limit|maximum size)",
            "too much mail data",
            "exceeds fixed maximum",
        ),
        "various",
    ),
    says("server.no_smtputf8", "[45].. [45].6.7", (), "RFC 6531"),
    says(
        "server.no_smtputf8",
        "[45]..",
        ("smtputf8", "bad utf-8", "non-ascii.{0,20}address", "internationali[sz]ed (mailbox|address)"),
        "Postfix",
    ),
)

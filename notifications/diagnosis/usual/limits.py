"""What is said when something is used up: a rate, a quota, a disk, a size."""

from notifications.diagnosis.wording import DATA, ENVELOPE, RCPT, usually

_PERIOD = r"(daily|monthly|hourly|24.hour|per.(day|hour|month)|emails? per)"

LINES = (
    # Of a loop, before the "too many" of rates.
    usually("message.rejected", r"too many (hops|received)", r"\bmail loop", r"\blooping\b", "loop detected"),
    usually(
        "server.quota_exceeded",
        rf"{_PERIOD}.{{0,60}}(quota|limit|allowance|allowed|maximum)",
        rf"(quota|limit|allowance|exceeded|maximum).{{0,40}}{_PERIOD}",
        r"\b(plan|sending|outgoing|relay|messaging|submission|credit|free)\b.{0,30}(quota|limit|allowance|credits?)\b"
        r".{0,30}(exceed|reach|used|hit|exhaust)",
        r"(exceeded|reached|hit|used up|exhausted).{0,30}\b(sending|outgoing|messaging|plan|relay|free)\b"
        r".{0,20}(quota|limit|allowance|credits)",
        r"\b(message|mail|recipient)s? (count|volume) (quota|limit)",
        r"(out of|no( more)?|not enough) credits?",
        r"\be-?mails? limit (is |was |has been )?(exceed|reach)",
    ),
    usually("server.quota_exceeded", "upgrade your (plan|account|subscription)", at=ENVELOPE),
    usually(
        "server.rate_limited",
        "too many (concurrent|open|connections|messages|mails|e-?mails|sessions|simultaneous|recipients|requests)",
        "too many (failed|errors|log.?ins|sign.?ins|auth)",
        "too (much mail|frequent|fast|quickly)",
        "rate.?limit",
        "throttl",
        r"\b(connection|message|submission|recipient|mail|sending|sender)s? rate",
        "concurrent connection",
        "(thread|connection) limit",
        "slow(ing)? down",
        "unusual rate",
        "rate exceeded",
    ),
    usually(
        "server.storage",
        "insufficient (system )?(storage|resources|disk|space)",
        "disk (is )?full",
        "no (disk )?space",
        "not enough (disk )?space",
        "out of (disk|space|storage)(?! space)",
        "mail system (is )?full",
        codes="(4..|5.. 5.3.1|554|552 5.3.1|5.. -)",
        # "out of storage space" is a mailbox's.
    ),
    usually(
        "message.too_large",
        r"\b(message|mail|size|data)\b.{0,30}\b(is |was )?(too (large|big|long)|exceeds?)\b.{0,40}$",
        "size (limit )?exceed",
        "exceed.{0,40}(message size|size limit|maximum (message )?size|permitted)",
        "too much mail data",
        "databytes limit",
        codes="(552|523|5.. 5.(3.4|2.3)|5.. -|554|4.. 4.(3.4|2.3))",
        at=ENVELOPE,
    ),
    usually(
        "server.no_smtputf8",
        "smtputf8",
        "non-ascii.{0,20}address",
        "internationali[sz]ed (mailbox|address)",
        at=(*ENVELOPE,),
    ),
    usually("recipient.mailbox_full", codes="[45].. [45].2.2", at=(RCPT, DATA)),
)

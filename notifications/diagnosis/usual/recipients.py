"""What is said of the recipient, and of the message for it."""

from notifications.diagnosis.wording import DATA, RCPT, usually

_WHO = r"(user|recipient|mailbox|address|account|local[ -]part|alias)\b"
# German, French, Spanish, Italian, Dutch; what is no UTF-8 shows as an escape (Empf\\xe4nger).
_WHO_ELSEWHERE = (
    r"(benutzer|empf\S{1,4}nger|postfach|utilisateur|destinataire|usuario|destinatario|utente|gebruiker|ontvanger)"
)
_UNKNOWN_ELSEWHERE = (
    "(unbekannt|existiert nicht|inconnu|n'existe pas|desconocid|no existe|sconosciut|non esiste|onbekend|bestaat niet)"
)

LINES = (
    usually(
        "server.busy",
        r"\b(milter|filter|service|server|scanner|database|dns)\b.{0,30}(unavailable|down|error|time-?out|fail)",
        codes="4..",
        at=(RCPT, DATA),
    ),
    usually("recipient.greylisted", "gr[ae]y.?list", "postgrey", "not yet authori[sz]ed", codes="4..", at=(RCPT, DATA)),
    usually(
        "recipient.greylisted",
        # Not of a limit that is reached.
        r"^(?!.*\b(quota|limits?|exceed\w*)\b).*(try|come back|retry).{0,20}(later|again|in)",
        "temporarily deferred",
        codes="4.. 4.7.1",
        at=(RCPT, DATA),
    ),
    usually(
        "recipient.domain_unknown",
        "null ?mx",
        r"\b(host|domain)( or domain)? (name )?(\S+ )?(not found|unknown|does(n't| not) exist)",
        "unknown (host|domain)",
        r"domain of (the )?recipient",
        "does not accept (e-?)?mail(?! from)",
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
        "unrouteable address",
        "undeliverable address",
        "not our customer",
        "no valid recipients",
        rf"\b{_WHO_ELSEWHERE}.{{0,40}}{_UNKNOWN_ELSEWHERE}",
        r"\bunbekannter (benutzer|empf)",
        "(用户|收件人).{0,6}不存在",
        at=(RCPT, DATA),
    ),
    # With 450 it is busy, or the server does not say why (RFC 5321 section 4.2.2).
    usually("recipient.unknown", "mailbox (is )?unavailable", codes="5..", at=(RCPT, DATA)),
    usually(
        "message.spam",
        r"\bspam",
        "unsolicited",
        r"\bvirus",
        "malware",
        "phish",
        r"\b(infected|trojan)\b",
        "message (looks|blocked)",
        "suspicious",
        r"\bjunk\b",
        r"\bscored?\b",
        "blocked for (abuse|content)",
        "(because|for) (of )?(its|the) content",
        r"\battachment",
        r"\bclamav\b",
        r"\bbanned( file|:)",
        r"\bblocked (file|extension|content)",
        at=(RCPT, DATA),
    ),
    usually("recipient.rejected", "recipient address rejected", codes="[45].. (-|[45].7.1)", at=(DATA,)),
)

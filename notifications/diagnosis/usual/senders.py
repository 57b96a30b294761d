"""What is said of the sender, and of what its domain publishes. Many say so only at RCPT TO."""

from notifications.diagnosis.wording import ENVELOPE, usually

_USE = "(send|use|relay|submit|mail)"
_AS = "(from|as|sender|address|identity|behalf|domain|header|envelope)"

LINES = (
    usually(
        "message.unauthenticated_domain",
        r"\b(dmarc|spf|dkim|arc)\b",
        "sender policy framework",
        "unauthenticated (e-?)?mail",
        "(mail|message|sender) is(n't| not)? (un)?authenticated",
        "required authentication level",
        at=ENVELOPE,
    ),
    usually("sender.domain_unknown", codes="[45].. [45].7.27", at=ENVELOPE),
    usually(
        "sender.domain_unknown",
        r"domain of sender.{0,80}\b(does not|not|doesn't) (exist|resolve|found)",
        r"sender.{0,20}domain.{0,60}(not exist|not found|unknown|does(n't| not)|unresolv|must (exist|resolve)|invalid)",
        "unknown sender domain",
        "(cannot|can't|unable to|could not) (resolve|find|verify).{0,20}sender.{0,10}domain",
        at=ENVELOPE,
    ),
    usually(
        "sender.not_allowed",
        r"\bnot owned\b",
        "permissions? to send (as|on behalf)",
        rf"not (authori[sz]ed|allowed|permitted|entitled) to {_USE}\b.{{0,30}}\b{_AS}\b",
        rf"(cannot|can't|may not|must not) {_USE}\b.{{0,20}}\b{_AS}\b",
        r"\bmay only (send|use)\b",
        "(invalid|wrong) sender for",
        r"\bnot (one of your|your own|an? alias of)",
        at=ENVELOPE,
    ),
    usually(
        "sender.not_allowed",
        r"\b(from|sender|identity|signature|domain)\b.{0,60}"
        r"((not|isn't|un) ?(been )?(a )?(verified|validated|confirmed|registered|authori[sz]ed)|is not valid)",
        "(unverified|unvalidated|unregistered|unauthori[sz]ed) (e-?mail )?(address|sender|domain|from)",
        "not a (verified|validated|confirmed) (sender|domain|identity|address)",
        "(domain|sender|identity|address) must be (verified|validated|confirmed)",
        "verify (a|your) (domain|sender)",
        "(verified sender|sender) (identity|signature)",
        at=ENVELOPE,
    ),
    usually(
        "sender.not_allowed",
        "mail ?from (address )?must",
        "(sender|from)( e-?mail)?( address)? ((is )?not (allowed|permitted)|does not match|must match|mismatch)",
        "must (equal|be (the )?same|match).{0,30}(auth|user|login|account)",
        "not allowed for (authenticated|this) user",
        "absender.{0,40}nicht (erlaubt|gestattet|zul)",
        "different envelope sender",
        r"\b(sender|from)\b.{0,20}(does not belong|not in (the |your )?allow)",
        at=ENVELOPE,
    ),
    usually(
        "sender.rejected",
        "sender address",
        "sender (is )?(blocked|denied|rejected|refused)",
        r"\bbadmailfrom\b",
        "<?from>? address rejected",
        "verification failed for <",
        at=ENVELOPE,
    ),
)

"""What is said to whoever has not signed in, does not use TLS, or may not relay."""

from notifications.diagnosis.wording import DATA, ENVELOPE, GREET, MAIL, RCPT, usually

LINES = (
    usually("tls.protocol", r"tls ?v?1\.[01].{0,40}(not supported|deprecat|disabled)"),
    usually(
        "tls.required",
        "(must|need to) issue.{0,10}starttls",
        "starttls (is )?(required|first|needed)",
        r"\b(tls|ssl|encryption|encrypted|secure connection)\b.{0,40}(is )?(required|needed|first|mandatory)",
        r"\b(requires?|use|need|without)\b.{0,20}\b(tls|ssl|encrypt\w*)\b",
        r"\bunencrypted\b.{0,40}(not|refus|reject)",
        "must be encrypted",
        at=(GREET, *ENVELOPE),
    ),
    # Before the demand to sign in, which many add to it.
    usually(
        "recipient.relay_denied",
        r"\brelay(ing|ed)?\b.{0,60}(denied|not permitted|not allowed|not authori|prohibited|disallowed|forbidden"
        r"|refused|rejected)",
        "permissions? to relay",
        r"\bnot a gateway",
        r"\bno forwarding(?! address)",
        r"(unable|not permitted|not allowed|cannot|do not|don't|won't|refus\w+|prohibited) (to )?relay",
        r"\bno relay",
        r"\bkein relay",
        r"\brelais.{0,20}(refus|interdit)",
        "rcpthosts",
        r"(cannot|can't|won't|do not|don't) (deliver|accept|send|forward) mail (for|to) <",
        at=ENVELOPE,
    ),
    usually(
        "authenticate.required",
        "auth(entication|enticate|ori[sz]ation)? (is )?(required|needed|first|mandatory)",
        "(must|need to|please|have to|should) (be |first )?(authenticat|log ?in|sign ?in|auth)",
        "(client|user|sender|session|are|is|was) not (been )?(authenticated|logged in)",
        "requires? (smtp )?auth",
        "auth(enticate)? (command )?first",
        "(un|not )authenticated (sender|user|client|connection)",
        "not logged in",
        r"\banonymous (user|client|sender|session|submission|access).{0,20}(not|refus|reject|disabled)",
        "permissions? to submit",
        "(sign|log) ?in first",
        "smtp auth",
        at=(MAIL, RCPT, DATA),
    ),
)

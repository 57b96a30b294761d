"""What servers say to whoever has not signed in, does not use TLS, or may not relay."""

from notifications.diagnosis.wording import DATA, MAIL, RCPT, says

LINES = (
    says(
        "tls.required",
        "[45]..",
        (
            "(must|need to) issue.{0,10}starttls",
            "starttls (is )?(required|first|needed)",
            "(tls|ssl|encryption|encrypted) .{0,40}(is )?(required|needed|first)",
            "requires? (a )?(tls|ssl|encrypt)",
        ),
        "Postfix",
        stages=(
            MAIL,
            RCPT,
            DATA,
        ),
    ),
    says(
        "tls.required",
        "[45].. [45].7.10",
        (),
        "RFC 5248",
        stages=(
            MAIL,
            RCPT,
            DATA,
        ),
    ),
    says("tls.protocol", "[45]..", (r"tls 1\.[01].{0,40}(not supported|deprecat|disabled)",), "Microsoft 365"),
    says("authenticate.required", "5.. 5.7.57", (), "Microsoft 365"),
    says(
        "authenticate.required",
        "[45]..",
        (
            "auth(entication|enticate|orization)? (is )?(required|needed|first|mandatory)",
            "(must|need to|please|have to) (be |first )?(authenticat|log ?in|sign ?in|auth)",
            "(client|user|sender|session|are|is|was) not (been )?(authenticated|logged in)",
            "requires? (smtp )?auth",
            "auth(enticate)? first",
            "smtp auth",
        ),
        "various",
        stages=(
            MAIL,
            RCPT,
            DATA,
        ),
    ),
    says(
        "recipient.relay_denied",
        "[45]..",
        (
            r"relay(ing)?\b.{0,30}(denied|not permitted|not allowed|prohibited|disallowed|forbidden|refused|rejected)",
            r"(unable|not permitted|not allowed|cannot|do not|don't|won't|refus\w+) (to )?relay",
            "no relay",
            "rcpthosts",
            "relayaccessdenied",
        ),
        "Postfix, Exim, Sendmail, qmail, Exchange",
        stages=(
            MAIL,
            RCPT,
            DATA,
        ),
    ),
    says(
        "recipient.relay_denied",
        "5.. 5.7.(54|64)",
        (),
        "Exchange",
        stages=(
            MAIL,
            RCPT,
            DATA,
        ),
    ),
)

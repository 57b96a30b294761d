"""What servers say when authentication fails."""

from notifications.diagnosis.wording import AUTH, says

LINES = (
    says("authenticate.application_password", "5.. 5.7.9", ("application.specific",), "Gmail"),
    says(
        "authenticate.application_password",
        "[45]..",
        (r"\bapp(lication)?([- ]specific)?[- ]password", "parol prilozheniya"),
        "iCloud, Mail.ru, Yahoo",
        stages=(AUTH,),
    ),
    says(
        "authenticate.application_password",
        "[45]..",
        ("authori[sz]ation code", "authentication code", "授权码", "two.factor", "2fa", "multi.?factor"),
        "QQ, 163",
        stages=(AUTH,),
    ),
    says("authenticate.browser_sign_in", "5.. 5.7.14", (), "Gmail", stages=(AUTH,)),
    says(
        "authenticate.browser_sign_in",
        "[45]..",
        ("web ?browser", "web ?login ?required", "captcha", "unusual (sign|log).?in", "verify your (identity|account)"),
        "Gmail, Yandex",
        stages=(AUTH,),
    ),
    says(
        "authenticate.rejected",
        "535 5.7.139",
        ("credentials were incorrect", "password (is )?(expired|incorrect)"),
        "Microsoft 365",
        stages=(AUTH,),
    ),
    says("authenticate.disabled", "5.. 5.7.139", (), "Microsoft 365", stages=(AUTH,)),
    says("authenticate.disabled", "5.. 5.7.13", (), "RFC 5248", stages=(AUTH,)),
    says(
        "authenticate.disabled",
        "5..",
        ("smtpclientauthentication is disabled", "basic auth(entication)? is (disabled|not supported|blocked)"),
        "Microsoft 365",
    ),
    says(
        "authenticate.disabled",
        "5..",
        (
            r"(smtp|imap|pop)\b.{0,40}(disabled|not enabled|is off)",
            "account (is )?(disabled|suspended)",
            "access rights to this service",
        ),
        "Yandex, Zoho",
        stages=(AUTH,),
    ),
    says(
        "server.quota_exceeded",
        "[45]..",
        ("maximum credits exceeded", "(daily|monthly|hourly|plan|credit).{0,30}(quota|limit)"),
        "SendGrid",
        stages=(AUTH,),
    ),
    says(
        "server.rate_limited",
        "[45]..",
        (
            "too many (bad |failed |invalid )?(log.?in|auth|sign|connection|attempt|concurrent|session)",
            "#AUTH005",
            "rate.?limit",
        ),
        "Gmail, Yahoo",
        stages=(AUTH,),
    ),
    says("authenticate.needs_tls", "538", (), "RFC 4954", stages=(AUTH,)),
    says("authenticate.needs_tls", "5.. 5.7.11", (), "RFC 4954", stages=(AUTH,)),
    says(
        "authenticate.needs_tls",
        "5..",
        (
            "starttls",
            r"(tls|ssl|encrypt\w*|secure).{0,40}(required|first|needed|only)",
            "(requires?|need|only over|must use|without).{0,30}(tls|ssl|encrypt|secure)",
            "non-secure",
        ),
        "various",
        stages=(AUTH,),
    ),
    says(
        "authenticate.unavailable",
        "5..",
        ("connection lost to authentication server", "temporar", "internal (error|authentication)", "no worthy mechs"),
        "Postfix",
        stages=(AUTH,),
    ),
    says("authenticate.no_common_mechanism", "504", (), "RFC 4954", stages=(AUTH,)),
    says("authenticate.no_common_mechanism", "5.. 5.7.4", (), "Exchange", stages=(AUTH,)),
    says("authenticate.no_common_mechanism", "534", ("mechanism",), "RFC 4954", stages=(AUTH,)),
    says(
        "authenticate.not_offered",
        "50[023]",
        (
            "not enabled",
            "not (implemented|recognized|supported|available|advertised)",
            "unrecognized command",
            "unknown command",
        ),
        "Postfix, Exim",
        stages=(AUTH,),
    ),
)

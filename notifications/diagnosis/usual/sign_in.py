"""What is said when authentication fails."""

from notifications.diagnosis.wording import AUTH, usually

LINES = (
    usually(
        "authenticate.application_password",
        r"\bapp(lication)?([- ]specific)?[- ]password",
        "parol prilozheniya",
        "authori[sz]ation code",
        "authentication code",
        "授权码",
        "two.factor",
        r"\b2fa\b",
        "two.step",
        "multi.?factor",
        r"\bmfa\b",
        at=(AUTH,),
    ),
    usually(
        "authenticate.browser_sign_in",
        "web ?browser",
        "web ?log ?in",
        "captcha",
        "unusual (sign|log).?in",
        "verify your (identity|account)",
        "sign in (at|on|to|through|via) the web",
        at=(AUTH,),
    ),
    usually(
        "server.quota_exceeded",
        r"\bcredits? (exceeded|used up|exhausted)",
        "(daily|monthly|hourly|plan|credit|sending).{0,30}(quota|limit)",
        at=(AUTH,),
    ),
    usually(
        "server.rate_limited",
        "too many (bad |failed |invalid |recent |unsuccessful )*(log.?in|auth|sign|connection|attempt|session|request)",
        "rate.?limit",
        "slow down",
        "throttl",
        at=(AUTH,),
    ),
    usually(
        "authenticate.disabled",
        r"(smtp|imap|pop|basic auth\w*|password|sign.?in|log.?in|authentication)\b.{0,40}"
        r"(disabled|not enabled|not (yet )?activated|is off|turned off)",
        "(account|user|mailbox|sender) (is |has been |was )?(disabled|suspended|deactivated|locked|blocked)",
        "(account|user|mailbox|subscription) (is |has |was )?(not active|inactive|expired)",
        "authentication (is )?not (allowed|permitted) for (this|your)",
        "less secure app",
        "access rights to this service",
        codes="5..",
        at=(AUTH,),
    ),
    usually("authenticate.needs_tls", codes="538", at=(AUTH,)),
    usually(
        "authenticate.needs_tls",
        "starttls",
        r"\b(tls|ssl|encrypt\w*|secure)\b.{0,40}(required|first|needed|only)",
        r"(requires?|need|only over|must use|without|on)\b.{0,30}\b(tls|ssl|encrypt\w*|secure)\b",
        "non-secure",
        "unencrypted",
        r"\bover (a )?(tls|ssl|secure|encrypted)",
        codes="5..",
        at=(AUTH,),
    ),
    usually(
        "authenticate.unavailable",
        "connection lost",
        "temporar",
        "internal (error|authentication|server)",
        "no worthy mechs",
        r"\b(backend|service|database|directory|ldap|radius)\b.{0,20}(unavailable|not available|is down)",
        "try again later",
        codes="5..",
        at=(AUTH,),
    ),
    usually("authenticate.unavailable", r"authenticat\w* (problem|failure|error|service)", codes="421", at=(AUTH,)),
    # Told as if it were for now.
    usually(
        "authenticate.rejected",
        "(invalid|incorrect|wrong|bad) (login|user.?name|password|credentials)",
        codes="4..",
        at=(AUTH,),
    ),
    usually("authenticate.no_common_mechanism", codes="504", at=(AUTH,)),
    usually("authenticate.no_common_mechanism", r"\bmechanism\b.{0,40}(not|un|weak|invalid)", codes="5..", at=(AUTH,)),
    usually(
        "authenticate.no_common_mechanism", r"(un|not )\w+ (authentication )?(mechanism|type)", codes="5..", at=(AUTH,)
    ),
    usually(
        "authenticate.not_offered",
        "not enabled",
        "not (implemented|recogni[sz]ed|supported|available|advertised)",
        "unrecogni[sz]ed command",
        "unknown command",
        codes="50[023]",
        at=(AUTH,),
    ),
    # Of those that fit no other line: the server does not know what AUTH is.
    usually("authenticate.not_offered", codes="50[02] (-|5.5.1)", at=(AUTH,)),
)

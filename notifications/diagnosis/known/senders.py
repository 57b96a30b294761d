"""What servers say of the sender, and of what its domain publishes. Many say so only at RCPT TO."""

from notifications.diagnosis.wording import DATA, MAIL, RCPT, says

LINES = (
    says(
        "message.unauthenticated_domain", "[45].. [45].7.(2[0-46]|29|3[0-2]|509|515)", (), "RFC 7372, Gmail, Microsoft"
    ),
    says(
        "message.unauthenticated_domain",
        "[45]..",
        (r"\b(dmarc|spf|dkim)\b", "sender policy framework", "unauthenticated (e-?)?mail"),
        "various",
        stages=(
            MAIL,
            RCPT,
            DATA,
        ),
    ),
    says(
        "message.unauthenticated_domain",
        "554 5.7.9",
        ("policy reasons",),
        "Yahoo",
        stages=(
            MAIL,
            RCPT,
            DATA,
        ),
    ),
    says("sender.domain_unknown", "[45].. [45].1.8", (), "RFC 3463"),
    says(
        "sender.domain_unknown",
        "[45]..",
        ("sender address rejected: (domain not found|unverified.{0,40}domain|malformed dns)",),
        "Postfix",
    ),
    says(
        "sender.domain_unknown",
        "[45]..",
        (
            "domain of sender.{0,80}(does not|not) (exist|resolve|found)",
            "sender.{0,10}domain.{0,40}(not exist|not found|unknown|does not|unresolv|must (exist|resolve))",
            "unknown sender domain",
            "cannot resolve.{0,20}sender",
        ),
        "Sendmail, qmail",
    ),
    says("sender.domain_unknown", "[45].. [45].7.27", (), "RFC 7505"),
    says("authenticate.required", "[45]..", ("sender address rejected: not logged in",), "Postfix"),
    says("sender.not_allowed", "[45].. 5.7.60|[45].. 5.2.252", (), "Exchange"),
    says(
        "sender.not_allowed",
        "[45]..",
        (
            "not owned by",
            "send ?as ?denied",
            "permissions? to send (as|on behalf)",
            "may not send (e-?mail |mail )?(as|from)",
            "not (authori[sz]ed|allowed|permitted) to (send|use).{0,30}(from|as|sender|address|identity|behalf)",
        ),
        "Postfix, Exchange",
    ),
    says(
        "sender.not_allowed",
        "[45]..",
        (
            "(address|identity|sender|domain|signature).{0,40}(not|un|n.t) ?(verified|validated|confirmed|registered)",
            "unverified (address|sender)",
            "not a (verified )?sender signature",
            "verified sender identity",
            "unvalidated sender",
        ),
        "Amazon SES, SendGrid, Postmark, Brevo",
    ),
    says(
        "sender.not_allowed",
        "[45]..",
        (
            "mail from (must|address must)",
            "sender (address )?(is not allowed|does not match|must match|mismatch|not allowed)",
            "must (equal|be (the )?same|match).{0,30}(auth|user|login)",
            "from address (is )?not (allowed|permitted)",
            "relaying disallowed as",
            "sandbox subdomain",
        ),
        "163, QQ, GMX, Zoho, Mailgun",
    ),
    says(
        "sender.rejected",
        "[45]..",
        (
            "sender address rejected",
            "sender verify failed",
            "sender (is )?(blocked|denied|rejected)",
            "<?from>? address rejected",
        ),
        "Postfix, Exim",
    ),
)

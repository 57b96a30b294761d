"""Services for sending by programs, where an identity is verified once and a key signs in."""

from settings_app.providers.provider import Provider

_MAILGUN_SOURCE = "https://documentation.mailgun.com/docs/mailgun/user-manual/sending-messages/send-smtp"
_EVERY_PORT = (587, 465, 2525, 25)


def _mailgun(name: str, server: str, region: str) -> Provider:
    return Provider(
        name,
        server,
        username="the SMTP login of the sending domain, such as postmaster@mg.example.com",
        login=r"\S+@\S+",
        credential="that login's own password, from Sending, Domain settings, SMTP credentials; not the API key",
        ports=_EVERY_PORT,
        sender="an address of the domain to which the login belongs",
        note=f"This is the server of the {region}; an account of the other region is not known here. A sandbox domain "
        "sends to authorised recipients only.",
        source=_MAILGUN_SOURCE,
    )


PROVIDERS = (
    Provider(
        "Amazon SES",
        "",
        username="the SMTP user name, which begins with AKIA",
        login="AKIA.+",
        credential="the SMTP password that was shown with it, from SES, SMTP settings, Create SMTP credentials, for "
        "this region; an AWS secret access key does not work",
        ports=(587, 465, 2587, 2465, 25),
        limits="in the sandbox 200 messages a day, one a second, to verified addresses only; beyond it what SES, "
        "Account dashboard shows",
        sender="an address or domain that is verified in the same region",
        also=("email-smtp.*.amazonaws.com", "email-smtp-fips.*.amazonaws.com"),
        related=("email.*.amazonaws.com", "ses.*.amazonaws.com", "inbound-smtp.*.amazonaws.com"),
        source="https://docs.aws.amazon.com/ses/latest/dg/smtp-connect.html",
    ),
    Provider(
        "SendGrid",
        "smtp.sendgrid.net",
        username="the word apikey",
        login="apikey",
        credential="an API key with the permission Mail Send, which begins with SG., from Settings, API Keys",
        ports=_EVERY_PORT,
        limits="5,000 messages on one connection, besides those of the plan",
        sender="a verified Single Sender, or any address of an authenticated domain",
        related=("api.sendgrid.com", "app.sendgrid.com", "sendgrid.com", "sendgrid.net"),
        source="https://www.twilio.com/docs/sendgrid/for-developers/sending-email/integrating-with-the-smtp-api",
    ),
    _mailgun("Mailgun", "smtp.mailgun.org", "US region"),
    _mailgun("Mailgun (EU)", "smtp.eu.mailgun.org", "EU region"),
    Provider(
        "Postmark",
        "smtp.postmarkapp.com",
        username="the Server API token",
        credential="the same Server API token once more, from the server's page, API Tokens",
        ports=(587, 2525, 25),
        sender="a confirmed Sender Signature, or an address of a verified domain",
        note="Port 465 is not offered.",
        also=("smtp-broadcasts.postmarkapp.com",),
        related=("*.postmarkapp.com", "postmarkapp.com"),
        source="https://postmarkapp.com/support/article/811-what-are-the-smtp-details-api-tokens-i-should-be-using",
    ),
    Provider(
        "Brevo",
        "smtp-relay.brevo.com",
        username="the SMTP login from Settings, SMTP & API",
        credential="an SMTP key from the same page; an API key does not work",
        ports=(587, 465, 2525),
        limits="300 messages a day on the free plan",
        sender="a sender that is verified in Brevo, or an address of an authenticated domain",
        also=("smtp-relay.sendinblue.com",),
        related=("*.brevo.com", "*.sendinblue.com"),
        source="https://developers.brevo.com/docs/smtp-integration",
    ),
    Provider(
        "Mailjet",
        "in-v3.mailjet.com",
        username="the API key",
        credential="the Secret key that belongs to it, from Account settings, API Key Management",
        ports=_EVERY_PORT,
        limits="6,000 messages a month on the free plan",
        sender="a validated sender address or domain",
        also=("in.mailjet.com",),
        related=("*.mailjet.com", "mailjet.com"),
        source="https://cloud.google.com/compute/docs/tutorials/sending-mail/using-mailjet",
    ),
    Provider(
        "Mailtrap",
        "live.smtp.mailtrap.io",
        username="the word api",
        login="api",
        credential="an API token with access to the sending domain, from the domain's page, Integration",
        ports=(587, 2525, 465),
        limits="150 messages a day on the free plan",
        sender="an address of a verified sending domain",
        also=("bulk.smtp.mailtrap.io", "sandbox.smtp.mailtrap.io"),
        related=("smtp.mailtrap.io", "*.mailtrap.io", "mailtrap.io"),
        note="sandbox.smtp.mailtrap.io keeps every message and delivers none.",
        source="https://docs.mailtrap.io/email-api-smtp/setup/smtp-integration",
    ),
)

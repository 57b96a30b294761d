"""Microsoft 365, Outlook.com and Exchange. What the words leave open, their own codes say (5.7.57, 5.7.139 …)."""

from notifications.diagnosis.wording import AUTH, DATA, RCPT, says

_CODES = (
    "https://learn.microsoft.com/en-us/exchange/troubleshoot/email-delivery/ndr/non-delivery-reports-in-exchange-online"
)
_TENANT = "https://github.com/simonrob/email-oauth2-proxy/issues/193"
_BASIC = "https://github.com/go-gitea/gitea/issues/32305"
_UNSUCCESSFUL = "https://github.com/jstedfast/MailKit/issues/700"
_PRINTERS = "https://github.com/MicrosoftDocs/OfficeDocs-Exchange/pull/2648"
_BOUNCES = "https://github.com/sisimai/p5-sisimai/blob/5-stable/lib/Sisimai/Rhost/Microsoft.pm"
_THREADS = "https://github.com/sabuhish/fastapi-mail/issues/75"
_SEND_AS = "https://github.com/keycloak/keycloak/issues/13931"

LINES = (
    # The tenant's own switch, wherever it is told: also as the reason behind a 5.7.57 at MAIL FROM.
    says("authenticate.disabled", _TENANT, "smtpclientauthentication is disabled"),
    says("authenticate.disabled", _BASIC, "basic auth(entication)? is (disabled|not supported)"),
    says("authenticate.rejected", _BASIC, "credentials were incorrect", codes="535 5.7.139", at=(AUTH,)),
    says("authenticate.disabled", _BASIC, codes="5.. 5.7.139", at=(AUTH,)),
    says("authenticate.rejected", _UNSUCCESSFUL, codes="535 5.7.3", at=(AUTH,)),
    says("authenticate.no_common_mechanism", _BOUNCES, codes="504 5.7.4", at=(AUTH,)),
    says("authenticate.required", _PRINTERS, codes="5.. 5.7.57"),
    says("authenticate.required", _CODES, "client was not authenticated"),
    says("hello.rejected", _CODES, codes="5.. 5.7.506"),
    says("hello.rejected", _BOUNCES, "^invalid domain name", codes="501"),
    says("tls.required", _CODES, "starttls is required to send mail"),
    says("recipient.rejected", _CODES, r"resolver\.rst\.", "not authenticated for (group|mailbox)", at=(RCPT, DATA)),
    says("recipient.unknown", _CODES, "recipient address rejected: access denied", codes="550 5.4.1"),
    says("recipient.unknown", _CODES, "recipientnotfound", "recipient not found by smtp address lookup"),
    says("recipient.relay_denied", _CODES, codes="5.. 5.7.(54|64)"),
    says("sender.not_allowed", _CODES, codes="5.. 5.7.(60|750)"),
    says("sender.not_allowed", _SEND_AS, "sendasdenied", "permissions? to send as this sender"),
    says("sender.rejected", _CODES, "bad outbound sender", codes="5.. 5.1.8"),
    says("message.spam", _CODES, "spam abuse detected", "rejected as spam by content filtering"),
    says("server.rate_limited", _THREADS, codes="432 4.3.2"),
    says(
        "server.rate_limited", _CODES, "maximum number of concurrent (server )?connections", "message submission rate"
    ),
    says("server.rate_limited", _CODES, "has exceeded permitted limits", codes="5.. 5.7.508"),
    says("server.rate_limited", _BOUNCES, "temporarily rate limited due to ip reputation", codes="451 4.7.650"),
    says("server.quota_exceeded", _CODES, "submission quota exceeded", "tenant has exceeded threshold"),
    says("server.quota_exceeded", _CODES, codes="5.. 5.1.90"),
    says("server.blocked_client", _CODES, codes="5.. 5.7.(511|513|60[6-9]|6[1-4]\\d|708)"),
    says("server.blocked_client", _BOUNCES, r"messages from \[[^]]*\] weren't sent", "is on our block list"),
    says("message.unauthenticated_domain", _CODES, codes="5.. 5.7.(509|515)"),
    says("message.unauthenticated_domain", _CODES, "must pass either spf or dkim", codes="[45].. [45].7.26"),
)

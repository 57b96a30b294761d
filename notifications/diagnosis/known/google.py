"""Gmail, Google Workspace and its SMTP relay."""

from notifications.diagnosis.wording import AUTH, DATA, says

_CODES = "https://support.google.com/a/answer/3726730"
_RELAY = "https://support.google.com/a/answer/6140680"
_DIRECT = "https://github.com/iredmail/iRedMail/issues/264"
_PASSWORD = "https://github.com/jef/streetmerchant/issues/1190"  # noqa: S105 - an address

LINES = (
    says("authenticate.application_password", _CODES, "application-specific password required", at=(AUTH,)),
    says("authenticate.browser_sign_in", _CODES, "log in (with|via|through) your web browser", at=(AUTH,)),
    says("authenticate.rejected", _PASSWORD, "username and password not accepted", at=(AUTH,)),
    says("server.rate_limited", _CODES, "too many login attempts", codes="454 4.7.0", at=(AUTH,)),
    says("hello.rejected", _CODES, "helo/ehlo argument", codes="501 5.5.4"),
    says("hello.rejected", _RELAY, r"try again later, closing connection\. \(ehlo\)", "invalid ehlo name"),
    says("recipient.relay_denied", _RELAY, "mail relay denied", "invalid credentials for relay"),
    says("sender.not_allowed", _RELAY, "mail sending denied", codes="550 5.7.0"),
    says("server.quota_exceeded", _CODES, codes="550 5.4.5"),
    says("server.rate_limited", _CODES, "receiving mail (too quickly|at a rate)", "peak smtp relay limit"),
    says("server.busy", _CODES, "server busy", codes="421 4.4.5"),
    says("server.blocked_client", _DIRECT, "not authorized to send email directly"),
    says("server.blocked_client", _CODES, "have a ptr record", "does not match the ip address of the hostname"),
    says("server.blocked_client", _CODES, "very low reputation of the sending ip"),
    says("tls.required", _CODES, "tls required for rcpt domain", "wasn't sent over a tls connection"),
    says("message.unauthenticated_domain", _CODES, "authentication didn't pass", "dkim does not pass", at=(DATA,)),
    says("message.unauthenticated_domain", _CODES, "isn't aligned with either the authenticated", at=(DATA,)),
    says("message.unauthenticated_domain", _CODES, "fails to pass authentication checks", at=(DATA,)),
    says("message.unauthenticated_domain", _CODES, "sender is unauthenticated", at=(DATA,)),
    says("server.rate_limited", _CODES, "an unusual rate of (unsolicited )?mail", codes="[45].. [45].7.(0|1|28)"),
    says("message.rejected", _CODES, r"violates \S+ email policy", "from: header", "message exceeded 50 hops"),
)

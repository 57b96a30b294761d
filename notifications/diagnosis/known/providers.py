"""The other providers of mailboxes, and the services that send."""

from notifications.diagnosis.wording import AUTH, DATA, ENVELOPE, MAIL, RCPT, says

_SES = "https://docs.aws.amazon.com/ses/latest/DeveloperGuide/smtp-response-codes.html"
_SES_VERIFIED = "https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html"
_SES_QUOTA = "https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html"
_SENDGRID = "https://sendgrid.com/docs/for-developers/sending-email/smtp-errors-and-troubleshooting/"
_MAILGUN = "https://github.com/swapmyvote/swapmyvote/issues/891"
_POSTMARK = "https://github.com/feedadoc/feedadoc/pull/110"
_MAILJET = "https://github.com/mailjet/mailjet-gem/issues/17"
_ZOHO_RATE = "https://github.com/cachethq/cachet/issues/3052"
_ZOHO = "https://github.com/sisimai/p5-sisimai/blob/5-stable/lib/Sisimai/Rhost/Zoho.pm"
_YAHOO = "https://github.com/sisimai/p5-sisimai/blob/5-stable/lib/Sisimai/Rhost/YahooInc.pm"
_ICLOUD = "https://github.com/sisimai/p5-sisimai/blob/5-stable/lib/Sisimai/Rhost/Apple.pm"
_ICLOUD_FROM = "https://github.com/TryGhost/Ghost/issues/17012"
_SPARKPOST = "https://github.com/transitland/transitland-datastore/issues/1231"
_HOME_PL = "https://github.com/roundcube/roundcubemail/issues/6572"
_BREVO = "https://github.com/frappe/frappe/issues/38806"
_NETEASE = "https://github.com/testerSunshine/12306/issues/62"
_NETEASE_SPAM = "https://github.com/jumpserver/jumpserver/issues/644"
_T_ONLINE = "https://github.com/mailcow/mailcow-dockerized/issues/2639"
_GMX = "https://github.com/sandstorm-io/sandstorm/issues/531"

LINES = (
    says("server.quota_exceeded", "https://github.com/mautic/mautic/issues/8721", "maximum credits exceeded"),
    says("server.quota_exceeded", "https://github.com/WA-WF-Bot/WA-WF-Bot-Public/issues/282", "your messaging limits"),
    says("sender.not_allowed", _SENDGRID, "not authorized to send from that email address", codes="403", at=ENVELOPE),
    says("sender.not_allowed", _SENDGRID, "does not match a verified sender identity", at=ENVELOPE),
    says("server.rate_limited", _SENDGRID, "too frequent connects", "temporarily deferred because of too many"),
    says(
        "authenticate.required", "https://github.com/sendgrid/docs/issues/6473", "^unauthenticated senders not allowed"
    ),
    says("sender.not_allowed", _SES_VERIFIED, "email address is not verified", at=ENVELOPE),
    says("sender.not_allowed", _SES_VERIFIED, "not authorized to perform .?ses:", "sending suspended", at=(DATA,)),
    says("server.rate_limited", _SES_QUOTA, "maximum sending rate exceeded"),
    says("server.quota_exceeded", _SES_QUOTA, "daily message quota exceeded"),
    says("authenticate.unavailable", _SES, "temporary authentication failure", at=(AUTH,)),
    says("sender.not_allowed", _MAILGUN, "sandbox subdomains are for test purposes only", at=ENVELOPE),
    says("sender.not_allowed", _POSTMARK, "is not a sender signature on your account", at=ENVELOPE),
    says(
        "authenticate.disabled",
        "https://github.com/WPManageNinja/fluent-smtp/issues/157",
        "smtp account is not yet activated",
    ),
    # A wrong key, told as if it were for now.
    says("authenticate.rejected", _MAILJET, "authentication failed", codes="435 4.7.8", at=(AUTH,)),
    says("sender.not_allowed", "https://github.com/frappe/erpnext/issues/19057", "relaying disallowed as", at=ENVELOPE),
    says("server.quota_exceeded", _ZOHO_RATE, "unusual sending activity", codes="550 5.4.6"),
    says("message.spam", _ZOHO, "email flagged as spam", "detected by zoho mail", at=(RCPT, DATA)),
    says(
        "server.rate_limited",
        "https://github.com/GUI/lua-resty-mail/issues/4",
        r"\(#auth005\) too many bad",
        at=(AUTH,),
    ),
    says("server.rate_limited", _YAHOO, "deferred due to unexpected volume", "receiving mail too quickly"),
    says("server.rate_limited", _YAHOO, "max message per connection reached"),
    says("server.blocked_client", _YAHOO, "messages from .* will be permanently deferred"),
    says("sender.domain_unknown", _YAHOO, r"unresolvable rfc\.5321"),
    says("recipient.unknown", _YAHOO, r"this user doesn't have a \S+ account", at=(RCPT, DATA)),
    says("message.unauthenticated_domain", _YAHOO, "not accepted for policy reasons", codes="554 5.7.9"),
    says("server.rate_limited", _ICLOUD, "deferred due to excessive volume"),
    says("recipient.unknown", _ICLOUD, "inactive email address", "unknown or illegal alias", "no longer on server"),
    says("sender.not_allowed", _GMX, "sender address is not allowed", at=ENVELOPE),
    says("sender.not_allowed", _ICLOUD_FROM, "from address is not one of your addresses", at=ENVELOPE),
    says("sender.not_allowed", _SPARKPOST, "unconfigured sending domain", at=ENVELOPE),
    says("sender.not_allowed", _HOME_PL, "incorrect sender header", at=ENVELOPE),
    says("authenticate.required", _BREVO, "please authenticate first", codes="502", at=ENVELOPE),
    says("authenticate.disabled", _NETEASE, "^user has no permission", codes="550", at=(AUTH,)),
    says("server.blocked_client", _T_ONLINE, r"^ip=\S+ - a problem occurred", codes="554"),
    says("message.spam", _NETEASE_SPAM, "^dt:spm", codes="554", at=(DATA,)),
    says(
        "sender.not_allowed",
        "https://github.com/nodeSolidServer/node-solid-server/issues/1281",
        "mail from address must be same as auth",
        at=(MAIL,),
    ),
    says("sender.not_allowed", "https://github.com/postalserver/postal/issues/1346", "from/sender name is not valid"),
    says("sender.not_allowed", "https://github.com/mybb/mybb/issues/2571", "is not allowed in header"),
    says("message.rejected", "https://github.com/mealie-recipes/mealie/issues/1887", "addresses in a from header"),
    says("server.blocked_client", "https://github.com/gophish/gophish/issues/1701", "that ip address is not allowed"),
    says("server.rate_limited", "https://emailit.com/docs/smtp/troubleshooting/", "messages per second limit"),
    says("server.quota_exceeded", "https://emailit.com/docs/smtp/troubleshooting/", "daily message limit exceeded"),
    says(
        "server.rate_limited",
        "https://docs.oracle.com/fr-fr/iaas/Content/Email/Concepts/troubleshooting.htm",
        "too many auth failures",
    ),
    says(
        "authenticate.rejected",
        "https://github.com/MailCore/mailcore2/pull/1517",
        "authentication rejected: your password",
        at=(AUTH,),
    ),
)

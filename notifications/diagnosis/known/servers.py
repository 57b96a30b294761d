"""Postfix, Exim, Sendmail, OpenSMTPD, Courier, qmail and hMailServer: out of their sources, or of Debian's packages."""

from notifications.diagnosis.wording import AUTH, DATA, ENVELOPE, MAIL, RCPT, says

_POSTFIX = "https://github.com/vdukhovni/postfix/blob/master/postfix/src/smtpd/smtpd_check.c"
_POSTFIX_SMTPD = "https://packages.debian.org/bookworm/postfix"
_EXIM = "https://packages.debian.org/bookworm/exim4-daemon-light"
_EXIM_RULES = "https://github.com/Exim/exim/blob/master/src/src/configure.default"
_DOVECOT = "https://packages.debian.org/bookworm/dovecot-submissiond"
_SENDMAIL = "https://packages.debian.org/bookworm/sendmail-bin"
_OPENSMTPD = "https://github.com/OpenSMTPD/OpenSMTPD/blob/master/usr.sbin/smtpd/smtp_session.c"
_QMAIL = "https://github.com/msimerson/Mail-Toaster-6/issues/107"
_HMAILSERVER = "https://github.com/hmailserver/hmailserver/issues/21"
_COURIER = "https://packages.debian.org/bookworm/courier-mta"

LINES = (
    # Dovecot, which is asked for passwords also behind Postfix and Exim
    says("tls.client_certificate", _DOVECOT, "client didn't present valid ssl certificate", at=(AUTH,)),
    # Postfix
    says("hello.rejected", _POSTFIX, "helo command rejected"),
    says("server.blocked_client", _POSTFIX, "client host rejected: cannot find your (reverse )?hostname"),
    says("server.blocked_client", _POSTFIX, r"client host \[[^]]*\] blocked using"),
    says("server.busy", _POSTFIX, "address rejected: unverified address", codes="4.."),
    says("sender.domain_unknown", _POSTFIX, r"sender address rejected: domain\b.*(not found|does not accept mail)"),
    says("sender.domain_unknown", _POSTFIX, "sender address rejected: malformed dns"),
    says("authenticate.required", _POSTFIX, "sender address rejected: not logged in"),
    says("sender.not_allowed", _POSTFIX, "sender address rejected: not owned by"),
    # Whatever else stands there are the words of the server's operator.
    says(
        "sender.rejected", _POSTFIX, "sender address rejected: (access denied$|undeliverable|user unknown|need fully)"
    ),
    # postscreen, to a client on its operator's list
    says("server.blocked_client", _POSTFIX_SMTPD, "^service currently unavailable", codes="5.. 5.3.2", at=ENVELOPE),
    says(
        "recipient.domain_unknown", _POSTFIX, r"recipient address rejected: (domain\b.*not|malformed dns)", at=(RCPT,)
    ),
    says("recipient.domain_unknown", _POSTFIX, r"domain \S+ does not accept mail \(nullmx\)", at=(RCPT,)),
    says("recipient.relay_denied", _POSTFIX, "relay access denied"),
    says("tls.required", _POSTFIX_SMTPD, "must issue a starttls command first", at=ENVELOPE),
    says("tls.client_certificate", _POSTFIX, "(no|need|requires?|valid|trusted) (a )?client cert"),
    says("tls.required", _POSTFIX, "session encryption is required", at=ENVELOPE),
    says("message.spam", _POSTFIX_SMTPD, "message content rejected", at=(DATA,)),
    says("server.no_smtputf8", _POSTFIX_SMTPD, "must declare smtputf8", "bad utf-8 syntax"),
    says("server.rate_limited", _POSTFIX_SMTPD, "error: too many (connections|auth commands|recipients) from"),
    says("server.rate_limited", _POSTFIX_SMTPD, "error: too many new tls sessions from"),
    says("server.rate_limited", _POSTFIX_SMTPD, "error: too much mail from"),
    # Before the message has come, it is no disk but the filter or the table that smtpd asks.
    says("server.busy", _POSTFIX_SMTPD, "queue file write error", at=(MAIL, RCPT)),
    says("server.storage", _POSTFIX_SMTPD, "queue file write error", "insufficient system storage"),
    says("server.busy", _POSTFIX_SMTPD, "service unavailable - try again later", "error: too many errors"),
    says("authenticate.unavailable", _POSTFIX_SMTPD, "authentication failed: (connection lost|generic)", at=(AUTH,)),
    says(
        "authenticate.no_common_mechanism",
        _POSTFIX_SMTPD,
        "failed: (invalid authentication mechanism|no mechanism available)",
        at=(AUTH,),
    ),
    says("authenticate.not_offered", _POSTFIX_SMTPD, "error: authentication not enabled", codes="503", at=(AUTH,)),
    # Exim
    says("sender.rejected", _EXIM_RULES, "sender verify failed"),
    says("recipient.relay_denied", _EXIM_RULES, "relay not permitted"),
    says("server.blocked_client", _EXIM_RULES, "is in a black list at"),
    says("recipient.unknown", _EXIM_RULES, "unknown user", "unrouteable address", at=(RCPT, DATA)),
    says("hello.rejected", _EXIM, r"syntactically invalid \S+ argument", "helo or ehlo required"),
    says("server.storage", _EXIM, "space shortage", "error (in|while) writing spool file", codes="45[12]"),
    says("server.no_smtputf8", _EXIM, "no support for internationalised mailbox"),
    says("message.rejected", _EXIM, "message header line is too long", "header is ridiculously long"),
    says("message.rejected", _EXIM, 'too many "received" headers', at=(DATA,)),
    # Sendmail
    says("recipient.relay_denied", _SENDMAIL, "relaying denied", at=ENVELOPE),
    says("hello.rejected", _SENDMAIL, "polite people say helo first", "requires domain address"),
    says("server.storage", _SENDMAIL, "insufficient disk space", "out of disk space"),
    says("server.busy", _SENDMAIL, "too many bad (recipients|commands); closing connection"),
    says("authenticate.not_offered", _SENDMAIL, "auth not available", codes="503", at=(AUTH,)),
    # OpenSMTPD, which says it of an unknown mailbox as of a domain that no rule of its own relays to.
    says("recipient.unknown", _OPENSMTPD, "^invalid recipient: <", codes="550 -", at=(RCPT,)),
    says("sender.rejected", _OPENSMTPD, "^sender rejected", codes="530 -", at=(MAIL,)),
    # Courier and qmail
    says("sender.domain_unknown", _COURIER, "^domain does not exist", codes="517", at=(MAIL,)),
    says("sender.rejected", _COURIER, codes="517", at=(MAIL,)),
    says("message.too_large", _COURIER, "exceeds administrative limit", codes="523"),
    says("server.storage", _COURIER, "mail system full", codes="431"),
    says("recipient.relay_denied", _QMAIL, "list of allowed rcpthosts"),
    says("recipient.unknown", _HMAILSERVER, "recipient not in route list"),
)

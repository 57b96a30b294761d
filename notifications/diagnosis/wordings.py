"""What providers and servers are known to say, and what they mean by it: the first line that fits decides.

The most specific lines come first. A new odd reply is a line here and a test beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from notifications.smtp.values import Reply, Stage


@dataclass(frozen=True, slots=True)
class Wording:
    """`codes` is matched against "550 5.1.1" (or "550 -"), `text` is searched in the reply. No stages: any."""

    cause: str
    codes: re.Pattern[str]
    text: re.Pattern[str]
    source: str
    stages: frozenset[Stage]

    def fits(self, stage: Stage, reply: Reply) -> bool:
        if self.stages and stage not in self.stages:
            return False
        if not self.codes.match(f"{reply.code} {reply.enhanced or '-'}"):
            return False
        return bool(self.text.search(" ".join(reply.text.split())))


def _line(cause: str, codes: str, text: str, source: str, *stages: Stage) -> Wording:
    return Wording(cause, re.compile(codes + r"(?!\d)"), re.compile(text, re.IGNORECASE), source, frozenset(stages))


_AUTH = Stage.AUTHENTICATE
_MAIL = Stage.SENDER
_RCPT = Stage.RECIPIENT
_DATA = Stage.MESSAGE

_CLIENT = (
    _line("hello.rejected", "[45]..", r"helo command rejected", "Postfix"),
    _line("hello.rejected", "[45]..", r"(invalid|forged|bad|syntactically invalid|bogus) (helo|ehlo)", "Exim, cPanel"),
    _line(
        "hello.rejected",
        "[45]..",
        r"(helo|ehlo)\b.{0,60}(reject|invalid|fully.qualified|not valid|resolv|forged)",
        "various",
    ),
    _line("hello.rejected", "[45]..", r"relaydenied.{0,40}ehlo|invalid .?localhost.? .{0,20}ehlo", "Google relay"),
    _line("server.rate_limited", "421 4.7.0", r"too many (connections|errors|commands)", "Postfix"),
    _line("server.rate_limited", "432 4.3.2", r"concurrent connections? limit", "Microsoft 365"),
    _line("server.rate_limited", "4.. 4.7.28", r"", "Gmail"),
    _line("server.blocked_client", ".*5.7.(60[6-9]|6[1-4]\\d|511)", r"", "Microsoft 365"),
    _line("server.blocked_client", "[45].. [45].7.25", r"", "Gmail, RFC 7372"),
    _line(
        "server.blocked_client",
        "[45]..",
        r"spamhaus|spamcop|barracuda|sorbs|uceprotect|abuseat|\b(dns|r)bl\b",
        "block lists",
    ),
    _line(
        "server.blocked_client",
        "[45]..",
        r"block(ed)? ?list|black ?list|denylist|blocked using|listed (at|in|on|by)\b",
        "block lists",
    ),
    _line("server.blocked_client", "[45]..", r"client host rejected: cannot find your", "Postfix"),
    _line(
        "server.blocked_client", "[45]..", r"reverse (dns|hostname|name|lookup)|\bptr\b|\brdns\b|no reverse", "various"
    ),
    _line(
        "server.blocked_client",
        "[45]..",
        r"(banned|blocked|reputation of the) sending ip|your ip (address )?(is|has been) (blocked|banned|blacklisted)",
        "Gmail, Microsoft",
    ),
    _line(
        "server.blocked_client",
        "[45]..",
        r"(messages|mail) from \[?[\d.:a-f]+\]? (weren't sent|.{0,20}(blocked|rejected))|block(ed)? (your|this) (ip|host|network)",
        "Outlook.com",
    ),
)

_SIGN_IN = (
    _line("authenticate.application_password", "5.. 5.7.9", r"application.specific", "Gmail"),
    _line(
        "authenticate.application_password",
        "[45]..",
        r"\bapp(lication)?([- ]specific)?[- ]password|parol prilozheniya",
        "iCloud, Mail.ru, Yahoo",
        _AUTH,
    ),
    _line(
        "authenticate.application_password",
        "[45]..",
        r"authori[sz]ation code|authentication code|授权码|two.factor|2fa|multi.?factor",
        "QQ, 163",
        _AUTH,
    ),
    _line("authenticate.browser_sign_in", "5.. 5.7.14", r"", "Gmail", _AUTH),
    _line(
        "authenticate.browser_sign_in",
        "[45]..",
        r"web ?browser|web ?login ?required|captcha|unusual (sign|log).?in|verify your (identity|account)",
        "Gmail, Yandex",
        _AUTH,
    ),
    _line(
        "authenticate.rejected",
        "535 5.7.139",
        r"credentials were incorrect|password (is )?(expired|incorrect)",
        "Microsoft 365",
        _AUTH,
    ),
    _line("authenticate.disabled", "5.. 5.7.139", r"", "Microsoft 365", _AUTH),
    _line("authenticate.disabled", "5.. 5.7.13", r"", "RFC 5248", _AUTH),
    _line(
        "authenticate.disabled",
        "5..",
        r"smtpclientauthentication is disabled|basic auth(entication)? is (disabled|not supported|blocked)",
        "Microsoft 365",
    ),
    _line(
        "authenticate.disabled",
        "5..",
        r"(smtp|imap|pop)\b.{0,40}(disabled|not enabled|is off)|account (is )?(disabled|suspended)|access rights to this service",
        "Yandex, Zoho",
        _AUTH,
    ),
    _line(
        "server.quota_exceeded",
        "[45]..",
        r"maximum credits exceeded|(daily|monthly|hourly|plan|credit).{0,30}(quota|limit)",
        "SendGrid",
        _AUTH,
    ),
    _line(
        "server.rate_limited",
        "[45]..",
        r"too many (bad |failed |invalid )?(log.?in|auth|sign|connection|attempt|concurrent|session)|#AUTH005|rate.?limit",
        "Gmail, Yahoo",
        _AUTH,
    ),
    _line("authenticate.needs_tls", "538", r"", "RFC 4954", _AUTH),
    _line("authenticate.needs_tls", "5.. 5.7.11", r"", "RFC 4954", _AUTH),
    _line(
        "authenticate.needs_tls",
        "5..",
        r"starttls|(tls|ssl|encrypt\w*|secure).{0,40}(required|first|needed|only)|(requires?|need|only over|must use|without).{0,30}(tls|ssl|encrypt|secure)|non-secure",
        "various",
        _AUTH,
    ),
    _line(
        "authenticate.unavailable",
        "5..",
        r"connection lost to authentication server|temporar|internal (error|authentication)|no worthy mechs",
        "Postfix",
        _AUTH,
    ),
    _line("authenticate.no_common_mechanism", "504", r"", "RFC 4954", _AUTH),
    _line("authenticate.no_common_mechanism", "5.. 5.7.4", r"", "Exchange", _AUTH),
    _line("authenticate.no_common_mechanism", "534", r"mechanism", "RFC 4954", _AUTH),
    _line(
        "authenticate.not_offered",
        "50[023]",
        r"not enabled|not (implemented|recognized|supported|available|advertised)|unrecognized command|unknown command",
        "Postfix, Exim",
        _AUTH,
    ),
)

_LIMITS = (
    _line("server.quota_exceeded", "[45].. [45].4.5", r"", "Gmail", _MAIL, _RCPT, _DATA),
    _line("server.quota_exceeded", "[45].. 5.1.90", r"", "Microsoft 365"),
    _line(
        "server.quota_exceeded",
        "[45]..",
        r"(daily|monthly|hourly|24.hour|per.day|plan|account|sending|user|outgoing|free).{0,40}(quota|limit|allowance)\b.{0,30}(exceed|reach|used|hit)|exceeded.{0,20}(daily|monthly|hourly|sending|messaging|plan).{0,20}(quota|limit)|maximum credits",
        "Amazon SES, Gmail, SendGrid",
    ),
    _line(
        "server.quota_exceeded",
        "[45]..",
        r"unusual sending activity|reached (your|the) .{0,30}limit",
        "Zoho, Microsoft",
    ),
    _line("server.rate_limited", "4.. 4.5.3", r"", "RFC 3463"),
    _line(
        "server.rate_limited",
        "[45]..",
        r"too many (concurrent|connections|messages|mails|sessions|simultaneous|recipients|requests|errors|hops)|too much mail|rate.?limit|throttl|sending rate|(connection|message|submission|recipient|mail|sending) rate|concurrent connection|slow(ing)? down|unusual rate|too fast|rate exceeded",
        "various",
    ),
    _line("server.storage", "[45].. [45].3.1", r"", "RFC 3463"),
    _line(
        "server.storage",
        "[45]..",
        r"insufficient system (storage|resources)|disk (is )?full|no space left|not enough (disk )?space|queue file write error|out of disk",
        "Postfix, Sendmail",
    ),
    _line("message.too_large", "[45].. [45].(3.4|2.3)", r"", "RFC 3463"),
    _line(
        "message.too_large",
        "[45]..",
        r"message (size )?(is )?(too (large|big)|exceeds)|size (limit )?exceed|exceed.{0,30}(message size|size limit|maximum size)|too much mail data|exceeds fixed maximum",
        "various",
    ),
    _line("server.no_smtputf8", "[45].. [45].6.7", r"", "RFC 6531"),
    _line(
        "server.no_smtputf8",
        "[45]..",
        r"smtputf8|bad utf-8|non-ascii.{0,20}address|internationali[sz]ed (mailbox|address)",
        "Postfix",
    ),
)

_SENDERS = (
    _line(
        "message.unauthenticated_domain", "[45].. [45].7.(2[0-46]|29|3[0-2]|509|515)", r"", "RFC 7372, Gmail, Microsoft"
    ),
    _line(
        "message.unauthenticated_domain",
        "[45]..",
        r"\b(dmarc|spf|dkim)\b|sender policy framework|unauthenticated (e-?)?mail",
        "various",
        _MAIL,
        _RCPT,
        _DATA,
    ),
    _line("message.unauthenticated_domain", "554 5.7.9", r"policy reasons", "Yahoo", _MAIL, _RCPT, _DATA),
    _line("sender.domain_unknown", "[45].. [45].1.8", r"", "RFC 3463"),
    _line(
        "sender.domain_unknown",
        "[45]..",
        r"sender address rejected: (domain not found|unverified.{0,40}domain|malformed dns)",
        "Postfix",
    ),
    _line(
        "sender.domain_unknown",
        "[45]..",
        r"domain of sender.{0,80}(does not|not) (exist|resolve|found)|sender.{0,10}domain.{0,40}(not exist|not found|unknown|does not|unresolv|must (exist|resolve))|unknown sender domain|cannot resolve.{0,20}sender",
        "Sendmail, qmail",
    ),
    _line("sender.domain_unknown", "[45].. [45].7.27", r"", "RFC 7505"),
    _line("authenticate.required", "[45]..", r"sender address rejected: not logged in", "Postfix"),
    _line("sender.not_allowed", "[45].. 5.7.60|[45].. 5.2.252", r"", "Exchange"),
    _line(
        "sender.not_allowed",
        "[45]..",
        r"not owned by|send ?as ?denied|permissions? to send (as|on behalf)|not (authori[sz]ed|allowed|permitted) to (send|use).{0,30}(from|as|sender|address|identity|behalf)",
        "Postfix, Exchange",
    ),
    _line(
        "sender.not_allowed",
        "[45]..",
        r"(address|identity|sender|domain|signature).{0,40}(is )?(not|un|isn't) ?(verified|validated|confirmed|registered)|unverified (address|sender)|not a (verified )?sender signature|verified sender identity|unvalidated sender",
        "Amazon SES, SendGrid, Postmark, Brevo",
    ),
    _line(
        "sender.not_allowed",
        "[45]..",
        r"mail from (must|address must)|sender (address )?(is not allowed|does not match|must match|mismatch|not allowed)|must (equal|be (the )?same|match).{0,30}(auth|user|login)|from address (is )?not (allowed|permitted)|relaying disallowed as|sandbox subdomain",
        "163, QQ, GMX, Zoho, Mailgun",
    ),
    _line(
        "sender.rejected",
        "[45]..",
        r"sender address rejected|sender verify failed|sender (is )?(blocked|denied|rejected)|<?from>? address rejected",
        "Postfix, Exim",
    ),
)

_ACCESS = (
    _line(
        "tls.required",
        "[45]..",
        r"(must|need to) issue.{0,10}starttls|starttls (is )?(required|first|needed)|(tls|ssl|encryption|encrypted) .{0,40}(is )?(required|needed|first)|requires? (a )?(tls|ssl|encrypt)",
        "Postfix",
        _MAIL,
        _RCPT,
        _DATA,
    ),
    _line("tls.required", "[45].. [45].7.10", r"", "RFC 5248", _MAIL, _RCPT, _DATA),
    _line("tls.protocol", "[45]..", r"tls 1\.[01].{0,40}(not supported|deprecat|disabled)", "Microsoft 365"),
    _line("authenticate.required", "5.. 5.7.57", r"", "Microsoft 365"),
    _line(
        "authenticate.required",
        "[45]..",
        r"auth(entication|enticate|orization)? (is )?(required|needed|first|mandatory)|(must|need to|please|have to) (be |first )?(authenticat|log ?in|sign ?in|auth)|(client|user|sender|session|are|is|was) not (been )?(authenticated|logged in)|requires? (smtp )?auth|auth(enticate)? first|smtp auth",
        "various",
        _MAIL,
        _RCPT,
        _DATA,
    ),
    _line(
        "recipient.relay_denied",
        "[45]..",
        r"relay(ing)?\b.{0,30}(denied|not permitted|not allowed|prohibited|disallowed|forbidden|refused|rejected)|(unable|not permitted|not allowed|cannot|do not|don't|won't|refus\w+) (to )?relay|no relay|rcpthosts|relayaccessdenied",
        "Postfix, Exim, Sendmail, qmail, Exchange",
        _MAIL,
        _RCPT,
        _DATA,
    ),
    _line("recipient.relay_denied", "5.. 5.7.(54|64)", r"", "Exchange", _MAIL, _RCPT, _DATA),
)

_RECIPIENTS = (
    _line("recipient.greylisted", "4..", r"gr[ae]y.?list|postgrey|greylist", "Postgrey, Exim, rspamd"),
    _line(
        "recipient.greylisted",
        "4.. 4.7.1",
        r"(try|come back|retry).{0,20}(later|again)|temporarily deferred",
        "rspamd, milter-greylist",
        _RCPT,
        _DATA,
    ),
    _line(
        "recipient.domain_unknown",
        "[45]..",
        r"recipient address rejected: (domain not found|malformed dns)|null ?mx|(host|domain)( or domain)? (name )?(not found|unknown|does not exist)|does not accept (e-?)?mail|no (mx|such domain)",
        "Postfix, RFC 7505",
        _RCPT,
        _DATA,
    ),
    _line("recipient.mailbox_full", "[45].. [45].2.2", r"", "RFC 3463", _RCPT, _DATA),
    _line(
        "recipient.mailbox_full",
        "[45]..",
        r"(mail)?box.{0,20} full|mailfolder is full|over.?quota|quota (is )?exceed|exceed\w*.{0,20}quota|out of storage|mailbox size|over its? (disk )?quota|insufficient (mailbox )?storage space",
        "various",
        _RCPT,
        _DATA,
    ),
    _line(
        "recipient.unknown", "550 5.4.1", r"recipient address rejected: access denied", "Microsoft 365", _RCPT, _DATA
    ),
    _line(
        "recipient.unknown",
        "[45]..",
        r"(user|recipient|mailbox|address|account|local part)\b.{0,40}(unknown|not found|does ?n.t exist|does not exist|not exist|no longer (exist|valid|available)|invalid|inactive|is disabled)|(unknown|no such|invalid|non-?exist\w*|bad) (local )?(user|recipient|mailbox|address|person|account)|no mailbox|unrouteable address|recipientnotfound|undeliverable address|not our customer|no valid recipients",
        "various",
        _RCPT,
        _DATA,
    ),
)

_MESSAGES = (
    _line(
        "message.spam",
        "[45]..",
        r"\bspam|unsolicited|\bvirus|malware|phish|content (rejected|filter|presents)|message (looks|blocked|contains)|suspicious|\bjunk|spamassassin|\bscore\b|blocked for (abuse|content)",
        "various",
        _DATA,
    ),
)

WORDINGS = (*_CLIENT, *_SIGN_IN, *_LIMITS, *_SENDERS, *_ACCESS, *_RECIPIENTS, *_MESSAGES)


def meaning_of(stage: Stage, reply: Reply) -> str | None:
    """The cause that a known wording names, or None."""
    return next((line.cause for line in WORDINGS if line.fits(stage, reply)), None)

"""Causes that concern the message, and those of the server that can show at any step."""

from notifications.diagnosis.cause import Cause

CAUSES = (
    Cause(
        "message.too_large",
        "the message is too large",
        "over the server's size limit",
        "The message is larger than the server accepts.{said}",
        "Have the server's size limit raised, or make the message smaller.",
    ),
    Cause(
        "message.spam",
        "the message is taken for spam",
        "refused for its content",
        "The server refuses the message for its content.{said}",
        "Have the server's operator exempt this machine or {sender} from its spam filter, and check that the portal's "
        "links and the From Name raise no suspicion.",
    ),
    Cause(
        "message.unauthenticated_domain",
        "SPF, DKIM or DMARC does not cover this server",
        "refused because SPF, DKIM or DMARC of the From domain does not cover this server",
        "The message is refused because the SPF, DKIM or DMARC records of {sender_domain} do not cover this "
        "server.{said}",
        "Add the server to the SPF record of {sender_domain}, or have it sign with DKIM for that domain; or set From "
        "E-Mail Address to a domain for which the server may send.",
    ),
    Cause(
        "message.rejected",
        "the message is refused",
        "refused after DATA otherwise",
        "The server refuses the message.{said}{meaning}",
        "The server's own words above say what it objects to; its operator can tell more from its log.",
    ),
    Cause(
        "server.rate_limited",
        "too much at a time",
        "too many messages, sign-ins or connections at a time",
        "The server limits how many messages, sign-ins or connections it takes at a time.{said}",
        "Wait some minutes: slower will pass. If it comes back often, ask the provider for a higher limit, or see "
        "whether something else uses the same account.",
    ),
    Cause(
        "server.quota_exceeded",
        "the sending quota is used up",
        "the account's quota for the day or the plan is used up",
        "The quota of this account, for the day or of the plan, is used up.{said}",
        "Wait until the quota begins anew, or have it raised at the provider.",
    ),
    Cause(
        "server.blocked_client",
        "this machine's address is blocked",
        "this machine's address is on a block list, or has no reverse name",
        "The server refuses this machine for its IP address: it is on a block list, has no reverse name in DNS, or the "
        "server's own rules turn it away.{said}",
        "Send through a relay (your provider's, with SMTP Authentication on port 587), or have the address taken off "
        "the list and given a reverse name (PTR), or allowed by the server's operator.",
    ),
    Cause(
        "server.busy",
        "the server asks to try again later",
        "421 or another 4xx that names no better cause",
        "The server cannot take the message at the moment and asks to try again later.{said}{meaning}",
        "Try again in some minutes. If it stays, the server's operator can tell more from its log.",
    ),
    Cause(
        "server.storage",
        "the server is out of disk space",
        "the server is out of disk space",
        "The server could not store the message: most often it is short of disk space.{said}",
        "The server's operator has to make room there, or see in its log what kept the message from being written. "
        "Nothing has to be changed in the settings.",
    ),
    Cause(
        "server.closed",
        "the connection was dropped",
        "the connection was dropped in the middle of the dialogue",
        "{at} dropped the connection {after}.{maybe}",
        "Try again. If it stays, look into the server's log for this moment, and at firewalls or proxies in between.",
    ),
    Cause(
        "server.timeout",
        "the server stopped answering",
        "no reply in the middle of the dialogue",
        "{at} gave no reply {after} in time.{maybe}",
        "Try again. If the server is only slow, raise Timeout; if it stays, look at the server and at firewalls or "
        "proxies in between.",
    ),
    Cause(
        "server.garbled",
        "the server's reply cannot be understood",
        "a reply that is not SMTP in the middle of the dialogue",
        "{at} sent something {after} that SMTP does not provide for there.{said}{maybe}",
        "Check that Server Address and Port Number lead to a mail server, and what firewalls or proxies in between do "
        "to SMTP.",
    ),
    Cause(
        "server.no_smtputf8",
        "the server takes only ASCII addresses",
        "an address needs SMTPUTF8 and the server does not offer it",
        "{at} takes addresses in plain ASCII letters only{utf8_address}.{said}",
        "Use an address in plain ASCII letters before the @, or a server that offers SMTPUTF8.",
    ),
)

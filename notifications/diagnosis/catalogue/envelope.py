"""Causes that concern the sender or the recipient."""

from notifications.diagnosis.cause import Cause

CAUSES = (
    Cause(
        "sender.not_allowed",
        "this sender is not allowed",
        "this sign-in may not send as the From address, or the address is not verified there",
        "The server does not let {username_words} send as {sender}, or that address is not verified there.{said}",
        "Set From E-Mail Address to an address that belongs to this User Name, or have the provider verify or allow "
        "{sender} (Amazon SES and SendGrid: a verified identity; Microsoft 365: Send As).",
    ),
    Cause(
        "sender.domain_unknown",
        "the sender's domain is unknown",
        "the server cannot resolve the From address's domain",
        "The server cannot find the domain {sender_domain} of the sender {sender} in DNS.{said}",
        "Set From E-Mail Address to an address whose domain exists in the DNS that the server asks.",
    ),
    Cause(
        "sender.rejected",
        "the sender is refused",
        "MAIL FROM refused otherwise",
        "The server refuses {sender} as the sender.{said}{meaning}{detail}",
        "Check From E-Mail Address, and ask the server's operator which addresses this machine may send as.",
    ),
    Cause(
        "recipient.relay_denied",
        "the server does not relay for this machine",
        "the server does not relay to that domain for this client",
        "The server does not pass e-mail on to {recipient_domain} for this client.{said}",
        "{relay_advice} the server's operator allow this machine to relay.",
    ),
    Cause(
        "recipient.unknown",
        "the recipient does not exist",
        "no such mailbox",
        "The server knows no mailbox {recipient}.{said}",
        "Check the recipient's E-mail Address for a typing error, or have the mailbox created. Some servers "
        "(OpenSMTPD: “Invalid recipient”) also say so when they do not relay to that domain for this machine.",
    ),
    Cause(
        "recipient.domain_unknown",
        "the recipient's domain takes no e-mail",
        "the recipient's domain does not exist or takes no mail",
        "The domain {recipient_domain} of the recipient does not exist, or takes no e-mail.{said}",
        "Check the recipient's E-mail Address for a typing error after the @.",
    ),
    Cause(
        "recipient.mailbox_full",
        "the recipient's mailbox is full",
        "the mailbox is over its quota",
        "The mailbox of {recipient} is over its quota.{said}",
        "The recipient, or the operator of the mailbox, has to make room.",
    ),
    Cause(
        "recipient.greylisted",
        "the server wants a second attempt later",
        "greylisting: the same attempt later is expected to pass",
        "The server greylists: it turns the first attempt of a sender it does not know away, and accepts the same "
        "one some minutes later.{said}",
        "Nothing has to be changed: try again in about five minutes. E-mails that wait are tried again by themselves.",
    ),
    Cause(
        "recipient.rejected",
        "the recipient is refused",
        "RCPT TO refused otherwise",
        "The server refuses the recipient {recipient}.{said}{meaning}{detail}",
        "Check the recipient's E-mail Address; the server's own words above say what it objects to.",
    ),
)

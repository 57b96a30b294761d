"""The registry of enhanced status codes (RFC 3463, 4468, 4954, 5248, 6531, 6710, 7293, 7372, 7504, 7505, 8616, 8689).

https://www.iana.org/assignments/smtp-enhanced-status-codes: each code with what it stands for and, where that alone
names a cause, the cause.
"""

from __future__ import annotations

from typing import NamedTuple

from notifications.smtp.values import Reply


class Code(NamedTuple):
    """`classes`: the first digits with which the cause holds."""

    meaning: str
    cause: str = ""
    classes: str = "45"


# Without the class: the first digit says how lasting it is.
REGISTRY: dict[str, Code] = {
    "0.0": Code("Other undefined status"),
    "1.0": Code("Other address status"),
    "1.1": Code("Bad destination mailbox address", "recipient.unknown"),
    "1.2": Code("Bad destination system address", "recipient.domain_unknown"),
    "1.3": Code("Bad destination mailbox address syntax"),
    "1.4": Code("Destination mailbox address ambiguous"),
    "1.5": Code("Destination address valid"),
    "1.6": Code("Destination mailbox has moved, no forwarding address", "recipient.unknown"),
    "1.7": Code("Bad sender's mailbox address syntax", "sender.rejected"),
    "1.8": Code("Bad sender's system address", "sender.domain_unknown"),
    "1.9": Code("Message relayed to non-compliant mailer"),
    "1.10": Code("Recipient address has null MX", "recipient.domain_unknown"),
    "2.0": Code("Other or undefined mailbox status"),
    "2.1": Code("Mailbox disabled, not accepting messages", "recipient.unknown", "5"),
    "2.2": Code("Mailbox full", "recipient.mailbox_full"),
    "2.3": Code("Message length exceeds administrative limit", "message.too_large"),
    "2.4": Code("Mailing list expansion problem"),
    "3.0": Code("Other or undefined mail system status"),
    "3.1": Code("Mail system full", "server.storage"),
    "3.2": Code("System not accepting network messages"),
    "3.3": Code("System not capable of selected features"),
    "3.4": Code("Message too big for system", "message.too_large"),
    "3.5": Code("System incorrectly configured"),
    "3.6": Code("Requested priority was changed"),
    "4.0": Code("Other or undefined network or routing status"),
    "4.1": Code("No answer from host"),
    "4.2": Code("Bad connection"),
    "4.3": Code("Directory server failure"),
    "4.4": Code("Unable to route", "recipient.domain_unknown", "5"),
    "4.5": Code("Mail system congestion"),
    "4.6": Code("Routing loop detected"),
    "4.7": Code("Delivery time expired"),
    "5.0": Code("Other or undefined protocol status"),
    "5.1": Code("Invalid command"),
    "5.2": Code("Syntax error"),
    "5.3": Code("Too many recipients", "server.rate_limited"),
    "5.4": Code("Invalid command arguments"),
    "5.5": Code("Wrong protocol version"),
    "5.6": Code("Authentication exchange line is too long"),
    "6.0": Code("Other or undefined media error"),
    "6.1": Code("Media not supported"),
    "6.2": Code("Conversion required and prohibited"),
    "6.3": Code("Conversion required but not supported"),
    "6.4": Code("Conversion with loss performed"),
    "6.5": Code("Conversion failed"),
    "6.6": Code("Message content not available"),
    "6.7": Code("Non-ASCII addresses not permitted for that sender or recipient", "server.no_smtputf8"),
    "6.8": Code("UTF-8 string reply is required, but not permitted by the client", "server.no_smtputf8"),
    "6.9": Code("UTF-8 header message cannot be transferred to the recipient"),
    "6.10": Code("UTF-8 string reply is required, but not permitted by the client", "server.no_smtputf8"),
    "7.0": Code("Other or undefined security status"),
    "7.1": Code("Delivery not authorized, message refused"),
    "7.2": Code("Mailing list expansion prohibited"),
    "7.3": Code("Security conversion required but not possible"),
    "7.4": Code("Security features not supported", "authenticate.no_common_mechanism"),
    "7.5": Code("Cryptographic failure"),
    "7.6": Code("Cryptographic algorithm not supported"),
    "7.7": Code("Message integrity failure"),
    "7.8": Code("Authentication credentials invalid", "authenticate.rejected"),
    "7.9": Code("Authentication mechanism is too weak", "authenticate.no_common_mechanism"),
    "7.10": Code("Encryption needed", "tls.required"),
    "7.11": Code("Encryption required for requested authentication mechanism", "authenticate.needs_tls"),
    "7.12": Code("A password transition is needed"),
    "7.13": Code("User account disabled", "authenticate.disabled"),
    "7.14": Code("Trust relationship required"),
    "7.15": Code("Priority level is too low"),
    "7.16": Code("Message is too big for the specified priority", "message.too_large"),
    "7.17": Code("Mailbox owner has changed"),
    "7.18": Code("Domain owner has changed"),
    "7.19": Code("RRVS test cannot be completed"),
    "7.20": Code("No passing DKIM signature found", "message.unauthenticated_domain"),
    "7.21": Code("No acceptable DKIM signature found", "message.unauthenticated_domain"),
    "7.22": Code("No valid author-matched DKIM signature found", "message.unauthenticated_domain"),
    "7.23": Code("SPF validation failed", "message.unauthenticated_domain"),
    "7.24": Code("SPF validation error", "message.unauthenticated_domain"),
    "7.25": Code("Reverse DNS validation failed", "server.blocked_client"),
    "7.26": Code("Multiple authentication checks failed", "message.unauthenticated_domain"),
    "7.27": Code("Sender address has null MX", "sender.domain_unknown"),
    "7.28": Code("Mail flood detected", "server.rate_limited"),
    "7.29": Code("ARC validation failure", "message.unauthenticated_domain"),
    "7.30": Code("REQUIRETLS support required"),
}


def code_of(reply: Reply) -> Code | None:
    """What the registry says of the reply's enhanced code."""
    return REGISTRY.get((reply.enhanced or "").partition(".")[2])

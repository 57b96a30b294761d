"""The rules of the SMTP settings, one function for each field: what is wrong, and the mend, in a sentence.

The form, the model and the command line all come here. Each function returns nothing and raises `ValidationError`.
Which fields are required depends on others and is asked of `SMTPSettings.clean`.
"""

import ipaddress
import re
import unicodedata

import idna
from cryptography import x509
from django.core.exceptions import ValidationError
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# The accounts need the rule of an address too; whoever needs a rule of this page finds all of them here.
from audit.addresses import AddressValidator as AddressValidator
from audit.addresses import refuse_control_characters
from audit.addresses import validate_address as validate_address

ADDRESS_LIMIT = 253  # characters, RFC 1035 section 2.3.4 as written without the root's dot
LABEL_LIMIT = 63
PASSWORD_LENGTHS = (8, 20)
PROVIDER_SECRET_LIMIT = 255
OPEN_LOCAL_PART_LIMIT = 35
CERTIFICATE_LIMIT = 64 * 1024

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_PORT_BEHIND = re.compile(r"(?P<host>[^:]+|\[[^]]*\]):\d*")


def to_ascii(host: str) -> str:
    """The host name as DNS knows it: IDNA 2008 with the mapping of UTS 46, lower case, without the root's dot.

    Raises `UnicodeError` for what no domain name can hold.
    """
    host = host.rstrip(".") if host != "." else host
    return host.lower() if host.isascii() else idna.encode(host, uts46=True).decode().lower()


def is_ip_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def validate_server_address(value: str) -> None:
    """A host name (RFC 1123, IDNA accepted) or an IP literal, and nothing around it."""
    refuse_control_characters(value)
    if is_ip_literal(value):
        return
    if surroundings := _around_the_host(value):
        raise ValidationError(surroundings)
    try:
        host = to_ascii(value)
    except UnicodeError:
        raise ValidationError(
            _("“%(value)s” is not a host name: it holds characters that a domain name cannot have.") % {"value": value}
        ) from None
    _validate_host_name(host)


def _around_the_host(value: str) -> str:
    """The sentence for what people type around a host name, or an empty string."""
    if _SCHEME.match(value):
        return _("Enter the name alone, without “%(scheme)s”; put the port in Port Number.") % {
            "scheme": value[: value.index("//") + 2]
        }
    if any(character.isspace() for character in value):
        return _("The address contains a space. Enter the name alone, such as mail.example.com.")
    if "/" in value or "\\" in value or "?" in value or "#" in value:
        return _("Enter the name alone, without a path: everything from the slash on does not belong here.")
    if "@" in value:
        return _("This is an e-mail address. Enter the name of the mail server, such as mail.example.com.")
    if _PORT_BEHIND.fullmatch(value):
        return _("Enter the name alone, without “:%(port)s”; put the port in Port Number.") % {
            "port": value.rpartition(":")[2]
        }
    if value.startswith("[") and value.endswith("]"):
        return _("Enter the IP address without brackets.")
    return ""


def _validate_host_name(host: str) -> None:
    if len(host) > ADDRESS_LIMIT:
        raise ValidationError(
            _("The address has %(length)d characters as a domain name; %(limit)d are the most.")
            % {"length": len(host), "limit": ADDRESS_LIMIT}
        )
    labels = host.split(".")
    if labels[-1].isdigit():
        raise ValidationError(_("“%(host)s” is not an IP address: four numbers from 0 to 255 are.") % {"host": host})
    for label in labels:
        if not label:
            raise ValidationError(_("Two dots follow each other, or the name begins with one. Remove the extra dot."))
        if len(label) > LABEL_LIMIT:
            raise ValidationError(
                _("A part of the name has %(length)d characters; %(limit)d are the most between two dots.")
                % {"length": len(label), "limit": LABEL_LIMIT}
            )
        if not _LABEL.fullmatch(label):
            raise ValidationError(
                _("“%(label)s” cannot be a part of a host name: letters, digits and inner hyphens can.")
                % {"label": label}
            )


def validate_port(value: int) -> None:
    if not 1 <= value <= 65535:
        raise ValidationError(_("%(value)d is not a port: ports are from 1 to 65535.") % {"value": value})


PASSWORD_RULES = {
    "length": gettext_lazy("8 to 20 characters"),
    "upper": gettext_lazy("an uppercase letter"),
    "lower": gettext_lazy("a lowercase letter"),
    "number": gettext_lazy("a number"),
    "special": gettext_lazy("a special character"),
}


def broken_password_rules(value: str) -> list[str]:
    """The keys of PASSWORD_RULES that `value` breaks. Letters and numbers of any script count (Unicode categories)."""
    least, most = PASSWORD_LENGTHS
    kinds = [unicodedata.category(character) for character in value]
    kept = {
        "length": least <= len(value) <= most,
        "upper": any(character.isupper() for character in value),
        "lower": any(character.islower() for character in value),
        "number": any(kind[0] == "N" for kind in kinds),
        "special": any(kind[0] not in "LNZC" for kind in kinds),
    }
    return [rule for rule, holds in kept.items() if not holds]


def validate_password(value: str) -> None:
    """The product's own rule for a password; each broken part is named."""
    refuse_control_characters(value)
    broken = broken_password_rules(value)
    sentences = []
    if "length" in broken:
        sentences.append(
            _("The password has %(length)d characters; %(least)d to %(most)d are needed.")
            % {"length": len(value), "least": PASSWORD_LENGTHS[0], "most": PASSWORD_LENGTHS[1]}
        )
        broken.remove("length")
    if broken:
        missing = get_text_list([str(PASSWORD_RULES[rule]) for rule in broken], _("and"))
        sentences.append(_("The password is missing %(missing)s.") % {"missing": missing})
    if sentences:
        sentences.append(_("If the provider issued it, tick “Issued by the provider”."))
        raise ValidationError(" ".join(sentences))


def validate_provider_secret(value: str) -> None:
    """What a provider issued is taken as it is: 1 to 255 printable characters."""
    if len(value) > PROVIDER_SECRET_LIMIT:
        raise ValidationError(
            _("The password has %(length)d characters; %(limit)d are the most, also for one issued by a provider.")
            % {"length": len(value), "limit": PROVIDER_SECRET_LIMIT}
        )
    if not value.isprintable():
        raise ValidationError(
            _("The password contains an invisible character, such as a line end or a non-breaking space. Copy it anew.")
        )


def validate_secret(value: str, *, issued_by_provider: bool) -> None:
    """The rule that applies: the provider's own, or the product's."""
    if issued_by_provider:
        validate_provider_secret(value)
    else:
        validate_password(value)


def validate_username(value: str) -> None:
    refuse_control_characters(value)


def validate_from_name(value: str) -> None:
    refuse_control_characters(value)


def validate_open_sender(value: str) -> None:
    """The sender at a server without authentication: a plain name before the @."""
    local_part = value.rpartition("@")[0]
    if len(local_part) > OPEN_LOCAL_PART_LIMIT:
        raise ValidationError(
            _("The name before the @ has %(length)d characters; %(limit)d are the most without SMTP Authentication.")
            % {"length": len(local_part), "limit": OPEN_LOCAL_PART_LIMIT}
        )
    if not all(character.isalnum() or character == "-" for character in local_part):
        raise ValidationError(
            _("Without SMTP Authentication the name before the @ may hold letters, digits and hyphens only.")
        )


def validate_ca_certificate(value: str) -> None:
    """One or more certificates in PEM form."""
    if "PRIVATE KEY" in value:
        raise ValidationError(_("This holds a private key. Paste the certificates of the authority alone."))
    if len(value) > CERTIFICATE_LIMIT:
        raise ValidationError(_("This is longer than 64 KB. Paste only the certificates of your own authority."))
    try:
        x509.load_pem_x509_certificates(value.encode())
    except ValueError:
        raise ValidationError(
            _("This is not a certificate in PEM form: paste the text from “-----BEGIN CERTIFICATE-----” to the end.")
        ) from None


def validate_ehlo_name(value: str) -> None:
    """A host name, or an address literal such as [192.0.2.1] (RFC 5321 section 4.1.3)."""
    refuse_control_characters(value)
    if value.startswith("[") and value.endswith("]") and is_ip_literal(value[1:-1].removeprefix("IPv6:")):
        return
    if is_ip_literal(value):
        raise ValidationError(_("Put the IP address in brackets: [%(value)s].") % {"value": value})
    validate_server_address(value)


def validate_timeout(value: int) -> None:
    if not 1 <= value <= 300:
        raise ValidationError(_("%(value)d seconds is not possible: enter 1 to 300.") % {"value": value})


def validate_connections(value: int) -> None:
    if not 1 <= value <= 50:
        raise ValidationError(_("%(value)d connections are not possible: enter 1 to 50.") % {"value": value})


def validate_messages_per_minute(value: int) -> None:
    if not 0 <= value <= 100_000:
        raise ValidationError(
            _("%(value)d messages a minute are not possible: enter 1 to 100000, or nothing for no limit.")
            % {"value": value}
        )

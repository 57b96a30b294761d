"""What an e-mail address may be. It stands here because accounts and SMTP settings need it, and both know this app."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


def refuse_control_characters(value: str) -> None:
    """Control characters end a line of SMTP or hide what was typed; lone surrogates cannot be sent at all."""
    for character in value:
        if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp"):
            raise ValidationError(
                _("The value contains an invisible character (U+%(code)04X), such as a line end. Type it anew.")
                % {"code": ord(character)}
            )


class AddressValidator(EmailValidator):
    """Django's EmailValidator, extended to the Unicode local parts of RFC 6531."""

    message = gettext_lazy("“%(value)s” is not an e-mail address: enter one such as noc@example.com.")
    user_regex = re.compile(
        EmailValidator.user_regex.pattern.replace("0-9A-Z]", "0-9A-Z\u0080-\U0010ffff]"), re.IGNORECASE
    )

    def __call__(self, value: str | None) -> None:
        refuse_control_characters(value or "")
        # Format characters (joiners, marks of direction) are not seen, and make two addresses look like one.
        if value and any(character.isspace() or unicodedata.category(character) == "Cf" for character in value):
            raise ValidationError(self.message, code=self.code, params={"value": value})
        super().__call__(value)


validate_address = AddressValidator()

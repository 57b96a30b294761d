"""How files name the columns that are read. A further name is a word here."""

from collections.abc import Sequence

# Compared without case, spaces and punctuation: "E-Mail Address" is "emailaddress".
NAMES = {
    "email": (
        "email mail emailaddress mailaddress emailid primaryemail workemail userprincipalname upn",
        "emailadresse mailadresse courriel correo البريدالإلكتروني",
    ),
    "name": ("name fullname displayname personname", "vollername anzeigename nom nombre الاسم"),
    "given_name": ("firstname givenname forename", "vorname prénom الاسمالأول"),
    "family_name": ("lastname familyname surname sn", "nachname familienname اسمالعائلة"),
    "role": ("role userrole", "rolle الدور"),
    "language": ("language lang locale preferredlanguage", "sprache اللغة"),
    "time_zone": ("timezone tz zoneinfo", "zeitzone المنطقةالزمنية"),
}
FIELDS = {name: field for field, lines in NAMES.items() for line in lines for name in line.split()}


def field_of(heading: str) -> str:
    """Which field a column holds; empty for one that is not read."""
    return FIELDS.get("".join(character for character in heading.casefold() if character.isalnum()), "")


def fields_of(headings: Sequence[str]) -> list[str]:
    return [field_of(heading) for heading in headings]

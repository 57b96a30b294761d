"""What each row must be, and what is said where it is not."""

import pytest

from accounts.creation import Newcomer
from accounts.imports.reading import Row
from accounts.imports.rules import Refused, Rules
from accounts.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def languages(settings):
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]


def newcomer(rules: Rules | None = None, line: int = 2, **values: str) -> Newcomer:
    return (rules or Rules(None)).newcomer(Row(line, []), {"email": "ann@example.com", **values})


def test_an_address_is_enough(settings):
    settings.TIME_ZONE = "Europe/Oslo"
    assert newcomer(email=" ANN@Example.com ") == Newcomer("ann@example.com", "", Role.USER, "en", "Europe/Oslo")


def test_all_that_can_be_said():
    assert newcomer(
        name="Ann Moe", role="Operator", language="DE_de", time_zone="america/new_york", given_name="ignored"
    ) == Newcomer("ann@example.com", "Ann Moe", Role.OPERATOR, "de", "America/New_York")


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        ({"given_name": "Ann", "family_name": "Moe"}, "Ann Moe"),
        ({"given_name": "Ann"}, "Ann"),
        ({"family_name": "Moe", "name": ""}, "Moe"),
    ],
)
def test_a_name_in_two_columns(parts, name):
    assert newcomer(**parts).name == name


@pytest.mark.parametrize(
    ("values", "sentences"),
    [
        ({"email": ""}, "There is no e-mail address."),
        ({"email": "ann"}, "“ann” is not an e-mail address"),
        ({"email": "a\0@example.com"}, r"invisible character \(U\+0000\)"),
        ({"email": f"{'a' * 250}@example.com"}, "The e-mail address has more than 254 characters."),
        ({"name": "x" * 151}, "The name has more than 150 characters."),
        ({"name": "An\u202en"}, r"cannot be shown \(U\+202E\)"),
        ({"name": "An\nn"}, r"cannot be shown \(U\+000A\)"),
        ({"role": "king"}, "The role “king” is not known: write user, operator or administrator."),
        ({"language": "xx"}, "“xx” is not a language of this portal. Choose one of: en, de."),
        ({"time_zone": "Oslo"}, "“Oslo” is not a time zone. Enter one such as"),
        ({"role": "king", "time_zone": "Oslo"}, "role “king” .* “Oslo” is not a time zone"),
    ],
)
def test_what_cannot_be_is_told_all_at_once(values, sentences):
    with pytest.raises(Refused, match=sentences):
        newcomer(**values)


def test_the_same_address_twice_names_the_first_line():
    rules = Rules(None)
    newcomer(rules, line=2)
    with pytest.raises(Refused, match="Line 2 has the same address"):
        newcomer(rules, line=7, email="Ann@EXAMPLE.com")


def test_what_is_wrong_with_the_whole_row_comes_alone():
    with pytest.raises(Refused, match="^too long$"):
        Rules(None).newcomer(Row(2, [], "too long"), {"email": "", "role": "king"})


def test_roles_that_the_person_may_give(operator, administrator):
    assert newcomer(Rules(administrator), role="admin").role == Role.ADMINISTRATOR
    assert newcomer(Rules(operator), role="operator").role == Role.OPERATOR
    with pytest.raises(Refused, match="Only an administrator can make somebody an administrator"):
        newcomer(Rules(operator), role="Administrator")

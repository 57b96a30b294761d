import pytest
from django.core.exceptions import ValidationError

from settings_app import validators


def message_of(validate, value) -> str:
    with pytest.raises(ValidationError) as caught:
        validate(value)
    return " ".join(caught.value.messages)


@pytest.mark.parametrize(
    "value",
    [
        "mail.example.com",
        "mail",
        "MAIL.Example.COM",
        "mail.example.com.",
        "3com.example",
        "xn--mller-kva.example",
        "müller.example",
        "почта.рф",
        "192.0.2.1",
        "::1",
        "2001:db8::25",
        "fe80::1%eth0",
        "a" * 63 + ".example",
        ".".join(["a" * 49] * 5),
    ],
)
def test_server_address_of_a_host_or_an_address_is_accepted(value: str) -> None:
    validators.validate_server_address(value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("smtp://mail.example.com", "without “smtp://”; put the port in Port Number"),
        ("https://mail.example.com/x", "without “https://”"),
        ("mail.example.com:587", "without “:587”; put the port in Port Number"),
        ("[2001:db8::1]:25", "without “:25”"),
        ("[::1]", "without brackets"),
        ("mail.example.com/inbox", "without a path"),
        ("mail example.com", "contains a space"),
        ("mail\u00a0example.com", "contains a space"),
        ("noc@example.com", "This is an e-mail address"),
        ("256.1.1.1", "is not an IP address"),
        ("1.2.3", "is not an IP address"),
        ("mail..example.com", "Two dots"),
        (".example.com", "Two dots"),
        ("-mail.example.com", "“-mail” cannot be a part"),
        ("mail_server", "“mail_server” cannot be a part"),
        ("a" * 64 + ".example", "64 characters; 63 are the most"),
        ("mail.example.com\r\nRCPT TO", "invisible character (U+000D)"),
        ("mail\0", "invisible character (U+0000)"),
        ("\ud800", "invisible character (U+D800)"),
        ("☃\u200d.example", "is not a host name"),
        ("<b>", "cannot be a part"),
    ],
)
def test_server_address_with_something_around_it_names_the_mend(value: str, words: str) -> None:
    assert words in message_of(validators.validate_server_address, value)


@pytest.mark.parametrize("value", [1, 25, 587, 65535])
def test_port_in_range_is_accepted(value: int) -> None:
    validators.validate_port(value)


@pytest.mark.parametrize("value", [0, -1, 65536])
def test_port_out_of_range_is_named(value: int) -> None:
    assert message_of(validators.validate_port, value) == f"{value} is not a port: ports are from 1 to 65535."


@pytest.mark.parametrize("value", ["Aa1!aaaa", "A" * 16 + "a1 ,", "Äö1€äöüß", "Пароль-12", "ǅa1_aaaaA", "Aa٣-aaaa"])
def test_password_that_keeps_every_rule_is_accepted(value: str) -> None:
    validators.validate_password(value)


@pytest.mark.parametrize(
    ("value", "broken"),
    [
        ("Aa1!aaa", ["length"]),
        ("Aa1!" + "a" * 17, ["length"]),
        ("aa1!aaaa", ["upper"]),
        ("AA1!AAAA", ["lower"]),
        ("Aaa!aaaa", ["number"]),
        ("Aa1aaaaa", ["special"]),
        ("Aa1 aaaa", ["special"]),
        ("", ["length", "upper", "lower", "number", "special"]),
        ("密码密码密码密码", ["upper", "lower", "number", "special"]),
    ],
)
def test_password_rules_that_are_broken_are_each_named(value: str, broken: list[str]) -> None:
    assert validators.broken_password_rules(value) == broken
    sentence = message_of(validators.validate_password, value)
    for rule in broken:
        if rule != "length":
            assert str(validators.PASSWORD_RULES[rule]) in sentence
    assert (f"has {len(value)} characters" in sentence) == ("length" in broken)


@pytest.mark.parametrize("value", ["abcdefghijklmnop", "SG." + "x" * 66, "a", "x" * 255, "abcd efgh ijkl mnop", "ü"])
def test_provider_secret_is_taken_as_it_is(value: str) -> None:
    validators.validate_provider_secret(value)


@pytest.mark.parametrize(
    ("value", "words"), [("x" * 256, "256 characters; 255"), ("a\n", "invisible"), ("a\u00a0b", "invisible")]
)
def test_provider_secret_that_cannot_be_one_says_why(value: str, words: str) -> None:
    assert words in message_of(validators.validate_provider_secret, value)


@pytest.mark.parametrize(
    "value",
    ["noc@example.com", "n.o+c@example.com", "müller@example.com", "用户@例え.jp", "user@localhost", "a@[192.0.2.1]"],
)
def test_address_of_a_mailbox_is_accepted(value: str) -> None:
    validators.validate_address(value)


@pytest.mark.parametrize(
    "value",
    ["noc", "noc@", "@example.com", "noc@example", "a b@example.com", "a@b@example.com", "noc@-x.example",
     "noc@example.com\r\nBcc: x@example.com", "<noc@example.com>", "a\u2028@example.com", "ü ü@example.com",
     "a\u202eb@example.com", "no\u200bc@example.com"],
)  # fmt: skip
def test_address_that_is_none_is_refused(value: str) -> None:
    assert message_of(validators.validate_address, value)


def test_open_sender_is_letters_digits_and_hyphens() -> None:
    validators.validate_open_sender("net-ops-24@example.com")
    validators.validate_open_sender("x" * 35 + "@example.com")
    assert "36 characters; 35" in message_of(validators.validate_open_sender, "x" * 36 + "@example.com")
    for local_part in ("net.ops", "net+ops", "net_ops", "net'ops"):
        assert "letters, digits and hyphens" in message_of(validators.validate_open_sender, f"{local_part}@example.com")


def test_ca_certificate_is_pem(ca_pem: str) -> None:
    validators.validate_ca_certificate(ca_pem)
    validators.validate_ca_certificate(f"# our authority\n{ca_pem}\n{ca_pem}")
    assert "not a certificate in PEM form" in message_of(validators.validate_ca_certificate, "hello")
    assert "not a certificate in PEM form" in message_of(
        validators.validate_ca_certificate, ca_pem.replace("M", "!", 3)
    )
    assert "private key" in message_of(
        validators.validate_ca_certificate, ca_pem + "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----"
    )


@pytest.mark.parametrize("value", ["portal.example.com", "portal", "[192.0.2.1]", "[IPv6:2001:db8::1]"])
def test_ehlo_name_is_a_host_or_an_address_literal(value: str) -> None:
    validators.validate_ehlo_name(value)


def test_ehlo_name_of_a_bare_address_asks_for_brackets() -> None:
    assert "[192.0.2.1]" in message_of(validators.validate_ehlo_name, "192.0.2.1")
    assert "cannot be a part" in message_of(validators.validate_ehlo_name, "a_b")


@pytest.mark.parametrize("value", [0, 301, -5])
def test_timeout_out_of_range_is_named(value: int) -> None:
    assert f"{value} seconds" in message_of(validators.validate_timeout, value)

import pytest

from notifications.smtp import Rules


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("169.254.169.254", "a cloud metadata service"), ("fd00:ec2::254", "a cloud metadata service"),
        ("100.100.100.200", "a cloud metadata service"), ("::ffff:169.254.169.254", "a cloud metadata service"),
        ("64:ff9b::a9fe:a9fe", "a cloud metadata service"), ("2002:a9fe:a9fe::1", "a cloud metadata service"),
        ("169.254.1.1", "a link-local address"), ("fe80::1", "a link-local address"),
        ("224.0.0.1", "a multicast address"), ("ff02::1", "a multicast address"),
        ("0.0.0.0", "an unspecified address"), ("0.1.2.3", "an unspecified address"), ("::", "an unspecified address"),
        ("255.255.255.255", "the broadcast address"),
    ],
)  # fmt: skip
def test_addresses_that_are_never_allowed(address: str, kind: str) -> None:
    for rules in (Rules(), Rules(allowed_networks=("0.0.0.0/0", "::/0"))):
        assert rules.against_address(address) == f"{kind}, which is never allowed"


def test_what_is_no_address_is_not_allowed() -> None:
    assert Rules().against_address("no address") == "not an IP address"


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "192.168.1.1", "::1", "fd12::1", "8.8.8.8", "2001:4860::1"]
)
def test_private_and_public_addresses_are_allowed(address: str) -> None:
    assert Rules().against_address(address) == ""


def test_the_operators_deny_list_says_which_network() -> None:
    rules = Rules(denied_networks=("10.0.0.0/8", "fd00::/8"))
    assert rules.against_address("10.1.2.3") == "10.0.0.0/8 is on the operator's deny list"
    assert rules.against_address("::ffff:10.1.2.3") == "10.0.0.0/8 is on the operator's deny list"
    assert rules.against_address("fd12::1") == "fd00::/8 is on the operator's deny list"
    assert rules.against_address("192.0.2.1") == ""


def test_the_operators_allow_list_forbids_the_rest_and_deny_wins() -> None:
    rules = Rules(allowed_networks=("10.0.0.0/8",), denied_networks=("10.9.0.0/16",))
    assert rules.against_address("10.1.2.3") == ""
    assert rules.against_address("10.9.2.3") == "10.9.0.0/16 is on the operator's deny list"
    assert rules.against_address("192.0.2.1") == "no network of the operator's allow list holds it"
    assert rules.against_address("2001:db8::1") == "no network of the operator's allow list holds it"


def test_the_operators_ports() -> None:
    rules = Rules(allowed_ports=frozenset((25, 587)), denied_ports=frozenset((25,)))
    assert rules.against_port(587) == ""
    assert rules.against_port(25) == "port 25 is on the operator's deny list"
    assert rules.against_port(22) == "port 22 is not on the operator's allow list"
    assert Rules().against_port(22) == ""

import pytest

from notifications.smtp import Rules


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254", "fe80::1", "fd00:ec2::254", "224.0.0.1", "ff02::1", "0.0.0.0", "0.1.2.3", "::",
        "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "255.255.255.255", "no address",
    ],
)  # fmt: skip
def test_addresses_that_are_never_allowed(address: str) -> None:
    assert not Rules().allows_address(address)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "192.168.1.1", "::1", "fd12::1", "8.8.8.8", "2001:4860::1"]
)
def test_private_and_public_addresses_are_allowed(address: str) -> None:
    assert Rules().allows_address(address)


def test_the_operator_may_forbid_more() -> None:
    rules = Rules(ports=frozenset((25, 587)), networks=("10.0.0.0/8",))
    assert (rules.allows_port(25), rules.allows_port(22)) == (True, False)
    assert (rules.allows_address("10.1.2.3"), rules.allows_address("::ffff:10.1.2.3")) == (False, False)

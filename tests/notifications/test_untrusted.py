"""A certificate that is not trusted: the chain that is shown, and the authority that may be put into the form."""

import hashlib
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from notifications.probe import Report, probe
from notifications.smtp import Server, TLSMode
from notifications.smtp.chain import chain_of, to_trust
from notifications.stored_report import faults_of
from tests.servers.aiosmtp import mail_server
from tests.servers.certificates import (
    AUTHORITY,
    AUTHORITY_PEM,
    private_chain_context,
    self_signed_context,
    server_context,
)


def tried(server: Server) -> Report:
    return probe(server, "from@mail.test", "to@example.com", b"Subject: test\r\n\r\n", message_id="<1@mail.test>")


def fingerprint(pem: str) -> str:
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).digest().hex(":").upper()


@pytest.mark.parametrize("mode", [TLSMode.STARTTLS, TLSMode.IMPLICIT])
@pytest.mark.parametrize("with_root", [True, False])
def test_the_chain_is_told_from_the_server_up_and_its_top_proposed(mode: TLSMode, with_root: bool) -> None:
    context, presented = private_chain_context(with_root=with_root)
    with mail_server(**{"starttls" if mode is TLSMode.STARTTLS else "implicit": context}) as server:
        report = tried(server.settings(mode))
        assert report.diagnosis is not None
        assert report.diagnosis.cause == "tls.untrusted"
        assert [(link.fingerprint, link.authority, link.untrusted) for link in report.chain] == [
            (fingerprint(pem), number > 0, number == len(presented) - 1) for number, pem in enumerate(presented)
        ]
        (proposal,) = report.proposals
        assert proposal.label == "Add it to CA Certificate"
        assert proposal.changes == {"ca_certificate": presented[-1]}
        assert f"the authority “{'Corp Root CA' if with_root else 'Corp Issuing CA 2'}”" in proposal.sentence
        assert fingerprint(presented[-1]) in report.as_json()["remedy"]
        assert tried(server.settings(mode, ca_certificate=str(proposal.changes["ca_certificate"]))).delivered


def test_a_certificate_that_signed_itself_is_proposed_itself() -> None:
    context, pem = self_signed_context()
    with mail_server(starttls=context) as server:
        report = tried(server.settings(TLSMode.STARTTLS))
        (proposal,) = report.proposals
        assert proposal.changes == {"ca_certificate": pem}
        assert "a certificate that it signed itself" in proposal.sentence
        assert [(link.fingerprint, link.untrusted) for link in report.chain] == [(fingerprint(pem), True)]
        assert tried(server.settings(TLSMode.STARTTLS, ca_certificate=pem)).delivered


def test_without_an_authority_in_it_the_chain_is_shown_and_nothing_proposed() -> None:
    with mail_server(starttls=server_context()) as server:
        report = tried(server.settings(TLSMode.STARTTLS, ca_certificate=""))
    assert (len(report.chain), report.chain[0].untrusted, report.proposals) == (1, True, ())


YESTERDAY, TOMORROW = (datetime.now(UTC) + timedelta(days=days) for days in (-1, 1))


@pytest.mark.parametrize(
    ("context", "fault"),
    [
        (server_context("other.example"), "name_mismatch"),
        (server_context(not_before=YESTERDAY - timedelta(days=9), not_after=YESTERDAY), "expired"),
        (server_context(not_before=TOMORROW, not_after=TOMORROW + timedelta(days=9)), "not_yet_valid"),
        (self_signed_context(weak=True)[0], "weak_certificate"),
    ],
)
def test_other_faults_show_the_chain_and_propose_no_trust(context: ssl.SSLContext, fault: str) -> None:
    with mail_server(starttls=context) as server:
        report = tried(server.settings(TLSMode.STARTTLS))
    assert report.as_json()["cause"] == f"tls.{fault}"
    assert (len(report.chain), report.proposals) == (1, ())
    assert faults_of(report) == [fault]


def test_a_leaf_that_only_claims_to_have_signed_itself_is_no_authority() -> None:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    own, stranger = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    leaf = (
        x509.CertificateBuilder(name, name, own.public_key(), x509.random_serial_number())
        .not_valid_before(YESTERDAY)
        .not_valid_after(TOMORROW)
        .sign(stranger, hashes.SHA256())
    )
    error = ssl.SSLCertVerificationError()
    error.verify_code = 20
    chain = chain_of((leaf.public_bytes(serialization.Encoding.DER),), error)
    assert [(link.untrusted, link.signed_itself) for link in chain] == [(True, False)]
    assert to_trust(chain) is None


@pytest.mark.parametrize("presented", [(), (b"",), (b"\x30\x82\xff\xff" + b"\xff" * 100,)])
def test_bytes_that_are_no_certificate_make_no_chain(presented: tuple[bytes, ...]) -> None:
    assert chain_of(presented, None) == ()


def test_certificates_that_belong_to_no_chain_are_left_out() -> None:
    own = AUTHORITY.issue_cert("localhost")
    stranger = self_signed_context("stranger.example")[1]
    pems = (own.cert_chain_pems[0].bytes().decode(), stranger, AUTHORITY_PEM)
    ders = [ssl.PEM_cert_to_DER_cert(pem) for pem in pems]
    assert [link.fingerprint for link in chain_of((*ders, b"nonsense"), None)] == [
        fingerprint(ssl.DER_cert_to_PEM_cert(der)) for der in (ders[0], ders[2])
    ]

"""The rows of providers, and how the one that is meant is recognised."""

import re

import pytest

from settings_app.advice import advice_on
from settings_app.models import SMTPSettings
from settings_app.providers import PROVIDERS, Provider, provider_of


def name_of(*asked: str) -> str:
    provider = provider_of(*asked)
    return provider.name if provider else ""


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_every_row_says_what_is_needed_and_where_that_is_written(provider: Provider) -> None:
    assert provider.source.startswith("https://")
    assert provider.username
    assert provider.credential or provider.note
    assert re.compile(provider.login)
    assert provider.server or provider.also
    if provider.server:
        assert provider_of(provider.server) is provider
    for text in (provider.username, provider.credential, provider.limits, provider.sender):
        # They follow a label, or stand in the middle of a sentence.
        assert not text.endswith(".")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("smtp.gmail.com", "Gmail"),
        ("SMTP.Gmail.com.", "Gmail"),
        ("smtp-relay.gmail.com", "Google Workspace SMTP relay"),
        ("smtp.office365.com", "Microsoft 365"),
        ("corp-example.mail.protection.outlook.com", "Microsoft 365"),
        ("smtp-mail.outlook.com", "Outlook.com"),
        ("email-smtp.eu-west-1.amazonaws.com", "Amazon SES"),
        ("smtp.sendgrid.net", "SendGrid"),
        ("smtp.mailgun.org", "Mailgun"),
        ("smtp.eu.mailgun.org", "Mailgun (EU)"),
        ("smtp.postmarkapp.com", "Postmark"),
        ("smtp-relay.brevo.com", "Brevo"),
        ("in-v3.mailjet.com", "Mailjet"),
        ("smtp.zoho.com", "Zoho Mail (com)"),
        ("smtppro.zoho.eu", "Zoho Mail (eu)"),
        ("smtp.zoho.in", "Zoho Mail (in)"),
        ("smtp.mail.yahoo.com", "Yahoo Mail"),
        ("smtp.mail.me.com", "iCloud Mail"),
        ("smtp.fastmail.com", "Fastmail"),
        ("ssl0.ovh.net", "OVHcloud"),
        ("mail.gmx.net", "GMX"),
        ("smtp.web.de", "WEB.DE"),
        ("smtp.ionos.co.uk", "IONOS (co.uk)"),
        ("live.smtp.mailtrap.io", "Mailtrap"),
        # Not its server for sending, and recognised all the same.
        ("imap.gmail.com", "Gmail"),
        ("gmail.com", "Gmail"),
        ("outlook.office365.com", "Microsoft 365"),
        ("imap.zoho.eu", "Zoho Mail (eu)"),
        # Nobody's.
        ("mail.corp.example", ""),
        ("smtp.gmail.com.corp.example", ""),
        ("192.0.2.7", ""),
    ],
)
def test_a_provider_is_recognised_by_the_address_of_its_server(address: str, name: str) -> None:
    assert name_of(address) == name


def test_without_an_address_the_domain_of_the_mailbox_tells() -> None:
    assert name_of("", "noc@icloud.com") == "iCloud Mail"
    assert name_of("", "noc@corp.example") == ""
    assert name_of("", "icloud.com") == ""
    assert name_of("mail.corp.example", "noc@icloud.com") == ""


@pytest.mark.parametrize(
    ("entered", "changes"),
    [
        ({"server_address": "smtp.gmail.com"}, None),
        ({"server_address": "smtp.gmail.com", "port": 465}, None),
        ({"server_address": "smtp.gmail.com", "port": 25}, ("smtp.gmail.com", "587")),
        ({"server_address": "smtp.gmail.com", "use_tls": False}, ("smtp.gmail.com", "587")),
        ({"server_address": "smtp.gmail.com", "tls_mode": "implicit"}, ("smtp.gmail.com", "587")),
        ({"server_address": "imap.gmail.com", "port": 993}, ("smtp.gmail.com", "587")),
        ({"server_address": "smtppro.zoho.com", "port": 25}, ("smtppro.zoho.com", "465")),
        (
            {"server_address": "email-smtp.eu-west-1.amazonaws.com", "port": 1},
            ("email-smtp.eu-west-1.amazonaws.com", "587"),
        ),
        ({"server_address": "email.eu-west-1.amazonaws.com"}, None),
        ({"server_address": "mail.corp.example"}, None),
        ({"username": "noc@fastmail.com"}, ("smtp.fastmail.com", "465")),
    ],
)
def test_what_the_provider_needs_otherwise_is_proposed(entered: dict, changes: tuple[str, str] | None) -> None:
    proposed = advice_on(SMTPSettings(**{"port": 587} | entered)).changes
    if changes is None:
        assert proposed == {}
    else:
        server, port = changes
        assert proposed == {"server_address": server, "port": port, "use_tls": True, "tls_mode": "auto"}

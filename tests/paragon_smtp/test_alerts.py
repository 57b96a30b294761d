"""The alert rules ask for figures that exist, with labels that they have."""

import re
from typing import Any

import pytest
import yaml
from django.conf import LazySettings
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from notifications.operation import heartbeats, server_check
from paragon_smtp.environment import BASE_DIR
from tests.notifications.conftest import save_settings
from tests.servers.aiosmtp import MailServer
from tests.servers.certificates import AUTHORITY_PEM

RULES: list[dict[str, Any]] = yaml.safe_load((BASE_DIR / "docs/alerts.yml").read_text())["groups"][0]["rules"]
FIGURE = re.compile(r"paragon_smtp_\w+")


@pytest.fixture
def figures(db: None, client: Client, settings: LazySettings, starttls_server: MailServer) -> set[str]:
    settings.SERVER_CHECK_MINUTES = 60
    save_settings(starttls_server.port, use_tls=True, server_address="localhost", ca_certificate=AUTHORITY_PEM)
    server_check.run_if_due()
    heartbeats.beat("host:1", ["delivery"])
    heartbeats.uses("host:1", 1)
    text = client.get("/metrics").content.decode()
    families = list(text_string_to_metric_families(text))
    counters = {f"{family.name}_total" for family in families if family.type == "counter"}
    return {sample.name for family in families for sample in family.samples} | counters


def test_every_rule_asks_for_figures_that_exist(figures: set[str]) -> None:
    asked = {name for rule in RULES for name in FIGURE.findall(rule["expr"])}
    assert asked
    assert asked <= figures


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_a_rule_says_what_is_wrong_and_what_to_do(rule: dict[str, Any]) -> None:
    assert set(rule["annotations"]) == {"summary", "description"}
    assert rule["labels"]["severity"] in ("page", "ticket")


def test_every_figure_is_documented(figures: set[str]) -> None:
    page = (BASE_DIR / "docs/monitoring.md").read_text()
    documented = set(re.findall(r"`([a-z_]+)(?:\{[a-z,]+\})?`", page))
    stems = {re.sub(r"_(bucket|sum|count|created)$", "", name.removeprefix("paragon_smtp_")) for name in figures}
    assert stems - documented == set()

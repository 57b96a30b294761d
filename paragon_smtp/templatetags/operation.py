"""What `/readyz` has found, on a page: whoever looks there sees why nothing moves, also where no mail is held."""

from django import template

from paragon_smtp import readiness
from settings_app.models import SMTPSettings

register = template.Library()
# Of the others the page has lines of its own, with their remedies.
SHOWN = ("database", "encryption_key", "broker", "delivery_worker", "test_worker", "clock")


@register.inclusion_tag("components/not_well.html")
def not_well(stored: SMTPSettings) -> dict[str, list[readiness.Finding]]:
    return {"findings": [finding for finding in readiness.looked_at(SHOWN, stored) if finding.status != readiness.OK]}

"""What the templates are given where Paragon SMTP's own rendering is not used."""

from typing import Any

from django.conf import settings

from benchmarks.outbox.children.facts import LOCKED


def context_of(user: Any) -> dict[str, Any]:
    return {
        "product_name": settings.PRODUCT_NAME,
        "portal_url": settings.PORTAL_URL,
        "support_contact": settings.SUPPORT_CONTACT,
        "subject": "Your account is locked",
        "language": "en",
        "bidi": False,
        "name": user.name,
        "link": f"{settings.PORTAL_URL}/password/forgotten/",
        "user": user,
        "zone": "UTC",
        **LOCKED,
    }

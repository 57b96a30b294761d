"""What other pages show of mail: the status line, the panel of a test, the e-mails of a user."""

from typing import Any

from django import template
from django.template.context import Context

from notifications import queue
from notifications.models import Notification

register = template.Library()

NEWEST = 20


@register.inclusion_tag("notifications/delivery_status.html", takes_context=True)
def delivery_status(context: Context) -> dict[str, Any]:
    return {"status": queue.status(), "perms": context.get("perms"), "request": context.get("request")}


@register.inclusion_tag("notifications/of_user.html")
def notifications_of(user: Any) -> dict[str, Any]:
    return {"notifications": Notification.objects.filter(user=user)[:NEWEST]}

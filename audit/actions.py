"""Every deed that the audit trail knows, and its name on the page. The codes are stored, and never renamed."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: dict[str, str | Promise] = {
    "smtp_settings.saved": _("SMTP settings saved"),
    "smtp_settings.tested": _("SMTP settings tested"),
    "encryption_key.rotated": _("Secret sealed with the newest key"),
    "account.signed_in": _("Signed in"),
    "account.sign_in_failed": _("Sign-in failed"),
    "account.signed_out": _("Signed out"),
    "account.password_confirmed": _("Password confirmed"),
    "account.created": _("Account added"),
    "account.link_sent_again": _("Activation link sent again"),
    "account.link_shown": _("Activation link shown"),
    "users.import_started": _("Import of users started"),
    "users.import_ended": _("Import of users ended"),
    "users.import_stopped": _("Import of users stopped"),
    "account.edited": _("Account edited"),
    "account.activated": _("Account activated"),
    "account.locked": _("Account locked"),
    "account.unlocked": _("Account unlocked"),
    "account.disabled": _("Account disabled"),
    "account.enabled": _("Account enabled"),
    "account.deleted": _("Account deleted"),
    "account.password_changed": _("Password changed"),
    "account.password_reset_requested": _("New password asked for"),
    "notification.sent_again": _("Notification sent again"),
    "notification.cancelled": _("Notification cancelled"),
    "notification.sample_sent": _("Sample e-mail sent"),
    "notifications.exported": _("Notifications exported"),
    "queue.tried_now": _("Delivery tried now"),
    "audit_trail.exported": _("Audit trail exported"),
    "audit_trail.pruned": _("Old entries of the audit trail put away"),
}


def label(action: str) -> str:
    return str(LABELS.get(action, action))

"""Why a notification was not sent, or waits: the answer to "why did this user get no mail?", in sentences.

A row's `cause` is one of these codes where nobody tried to deliver it, else a cause of the diagnosis.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.models import Notification
from notifications.queue import Status

NO_ADDRESS = "not_sent.no_address"
ENOUGH_LOCKS = "not_sent.enough_locks"
BY_HAND = "cancelled.by_hand"
NEWER_LINK = "cancelled.newer_link"
LINK_SHOWN = "cancelled.link_shown"
ADDRESS_CHANGED = "cancelled.address_changed"
ACCOUNT_DISABLED = "cancelled.account_disabled"

REASONS: dict[str, str | Promise] = {
    NO_ADDRESS: _("The account has no e-mail address."),
    ENOUGH_LOCKS: _("Three e-mails about locks had been sent within 24 hours; more would only fill the mailbox."),
    BY_HAND: _("Somebody cancelled it on the page of the notification."),
    NEWER_LINK: _("Its link has been replaced: a newer e-mail brings the link that works."),
    LINK_SHOWN: _("Its link has been replaced: an administrator was shown a new one, to hand it over in person."),
    ADDRESS_CHANGED: _("The account's address was changed before it went out, and its link was not for the old one."),
    ACCOUNT_DISABLED: _("The account was disabled before it went out, and its link would not have worked."),
}


def reason(notification: Notification, mail: Status) -> str:
    """What keeps a notification from its reader, or kept it; empty for one that was delivered."""
    if notification.state == Notification.State.DELIVERED:
        return ""
    if notification.cause in REASONS:
        return str(REASONS[notification.cause])
    if notification.state in Notification.OPEN:
        return _what_keeps_it(notification, mail)
    if notification.state == Notification.State.EXPIRED:
        return str(_("It was too old to be of use when it could have gone out."))
    return notification.last_reply


def _what_keeps_it(notification: Notification, mail: Status) -> str:
    if mail.state == "not_configured":
        return str(_("It waits: SMTP is not configured yet."))
    if mail.state == "held":
        return str(_("It waits: mail is held. %(title)s.")) % {"title": mail.title.rstrip(".")}
    if notification.outcome_unknown:
        return str(_("The connection broke before the server acknowledged it; it is delivered again."))
    if notification.cause:
        return str(_("The server did not take it yet: %(reply)s")) % {"reply": notification.last_reply}
    return str(_("It is on its way."))

"""One deed to several accounts at once: first what would follow for each, then, by POST, the deed."""

from collections import defaultdict
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import View

from accounts.deeds import DEEDS, Deed
from accounts.guards import NotPossible
from accounts.models import User
from accounts.roles import may_manage
from accounts.views.common import UsersMixin
from accounts.views.user_list import PAGE_SIZE, carried

NAMED = 5


class SelectedUsersView(UsersMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        deed = DEEDS.get(request.GET.get("deed", ""))
        users = _selected(request.GET.getlist("pk"))
        if deed is None or not users:
            messages.info(request, _("Tick the accounts, choose what to do with them, then press Continue."))
            return redirect(_back(request.GET))
        rows = [(user, self.obstacle(deed, user)) for user in users]
        context = {
            "deed": deed,
            "rows": rows,
            "possible": sum(not obstacle for _user, obstacle in rows),
            "back": _back(request.GET),
            "hidden": [
                ("deed", deed.name),
                *carried(request.GET),
                *(("pk", str(user.pk)) for user, obstacle in rows if not obstacle),
            ],
        }
        return render(request, "accounts/selected.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        deed = DEEDS.get(request.POST.get("deed", ""))
        if deed is not None:
            self.perform(deed, _selected(request.POST.getlist("pk")))
        return redirect(_back(request.POST))

    def obstacle(self, deed: Deed, user: User) -> str:
        """Why nothing would be done to this account; the lifecycle has the last word."""
        if user.pk == self.actor.pk:
            return _("Your own account")
        if not may_manage(self.actor, user):
            return _("An administrator's account")
        return "" if user.state in deed.states else _("Not possible in this state")

    def perform(self, deed: Deed, users: list[User]) -> None:
        done, refused = 0, defaultdict(list)
        for user in users:
            address = user.email
            try:
                # One by one: each in its own transaction, so that one refusal does not undo the others.
                done += deed.perform(user, self.actor) is not False
            except NotPossible as refusal:
                refused[str(refusal)].append(address)
        text = ngettext("%(deed)s: done for %(count)d account.", "%(deed)s: done for %(count)d accounts.", done)
        say = messages.success if done else messages.info
        say(self.request, text % {"deed": deed.label, "count": done})
        for reason, addresses in refused.items():
            messages.warning(self.request, f"{_named(addresses)}: {reason}")


def _selected(keys: list[str]) -> list[User]:
    """Those that still exist; never more than a page of the list holds."""
    numbers = [int(key) for key in keys[:PAGE_SIZE] if key.isascii() and key.isdecimal() and len(key) < 19]
    return list(User.objects.filter(pk__in=numbers).prefetch_related("groups").order_by("email"))


def _named(addresses: list[str]) -> str:
    more = len(addresses) - NAMED
    named = ", ".join(addresses[:NAMED])
    return named if more <= 0 else _("%(named)s and %(more)d more") % {"named": named, "more": more}


def _back(values: QueryDict) -> str:
    """The list as it was when the accounts were chosen."""
    kept = urlencode(carried(values), errors="replace")
    return f"{reverse('accounts:users')}?{kept}" if kept else reverse("accounts:users")

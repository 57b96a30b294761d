"""One deed to several accounts: first what would follow, then, by POST, the deed.

To those that were ticked, or to all that fit what is searched for, beyond the page.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import View

from accounts.deeds import DEEDS, Deed
from accounts.guards import NotPossible
from accounts.models import User
from accounts.roles import managed_by, may_manage
from accounts.search import search_of
from accounts.views.common import UsersMixin
from accounts.views.user_list import PAGE_SIZE, carried

NAMED = 5
BATCH = 500
# A request ends well before any server loses its patience; the rest is asked for again.
SECONDS = 10
# No key is greater.
LAST = 2**63 - 1


class SelectedUsersView(UsersMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        deed = DEEDS.get(request.GET.get("deed", ""))
        everybody = bool(request.GET.get("all"))
        users = [] if everybody else _selected(request.GET.getlist("pk"))
        if deed is None or not (users or everybody):
            messages.info(request, _("Tick the accounts, choose what to do with them, then press Continue."))
            return redirect(_back(request.GET))
        rows = [(user, self.obstacle(deed, user)) for user in users]
        hidden = [("deed", deed.name), *carried(request.GET)]
        if everybody:
            found = self.everybody(deed, request.GET)
            possible = found.count()
            hidden += [("all", "1"), ("newest", str(found.aggregate(newest=Max("pk"))["newest"] or 0))]
        else:
            hidden += [("pk", str(user.pk)) for user, obstacle in rows if not obstacle]
            possible = sum(not obstacle for _user, obstacle in rows)
        context = {
            "deed": deed,
            "everybody": everybody,
            "rows": rows,
            "possible": possible,
            "back": _back(request.GET),
            "hidden": hidden,
        }
        return render(request, "accounts/selected.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        deed = DEEDS.get(request.POST.get("deed", ""))
        if deed is None:
            return redirect(_back(request.POST))
        everybody = bool(request.POST.get("all"))
        users = _in_batches(self.everybody(deed, request.POST)) if everybody else _selected(request.POST.getlist("pk"))
        next_one = self.perform(deed, users)
        if everybody and next_one is not None:
            messages.warning(request, _("There are more than one go can do. Continue with the rest here."))
            rest = {"deed": deed.name, "all": "1", "newest": str(next_one)} | dict(carried(request.POST))
            return redirect(f"{reverse('accounts:users-selected')}?{urlencode(rest, errors='replace')}")
        return redirect(_back(request.POST))

    def everybody(self, deed: Deed, values: QueryDict) -> QuerySet[User]:
        """All who fit what was searched for, as far as the deed is possible; nobody who came after the question."""
        newest = _numbers([values.get("newest", "")])
        users = search_of(values).users().filter(managed_by(self.actor), state__in=deed.states)
        return users.filter(pk__lte=newest[0] if newest else LAST).exclude(pk=self.actor.pk)

    def obstacle(self, deed: Deed, user: User) -> str:
        """Why nothing would be done to this account; the lifecycle has the last word."""
        if user.pk == self.actor.pk:
            return _("Your own account")
        if not may_manage(self.actor, user):
            return _("An administrator's account")
        return "" if user.state in deed.states else _("Not possible in this state")

    def perform(self, deed: Deed, users: Iterable[User]) -> int | None:
        """Says to the person what was done; gives the first one whose turn did not come in time."""
        begun, done, refused, next_one = time.monotonic(), 0, defaultdict(list), None
        for user in users:
            if time.monotonic() - begun > SECONDS:
                next_one = user.pk
                break
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
        return next_one


def _selected(keys: list[str]) -> list[User]:
    """Those that still exist; never more than a page of the list holds."""
    numbers = _numbers(keys[:PAGE_SIZE])
    return list(User.objects.filter(pk__in=numbers).prefetch_related("groups").order_by("email"))


def _in_batches(users: QuerySet[User]) -> Iterator[User]:
    """The newest first, so many at a time: what one go leaves are those with lower keys."""
    below = LAST
    while batch := list(users.filter(pk__lte=below).order_by("-pk")[:BATCH]):
        yield from batch
        below = batch[-1].pk - 1


def _numbers(keys: list[str]) -> list[int]:
    return [int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) < 19]


def _named(addresses: list[str]) -> str:
    more = len(addresses) - NAMED
    named = ", ".join(addresses[:NAMED])
    return named if more <= 0 else _("%(named)s and %(more)d more") % {"named": named, "more": more}


def _back(values: QueryDict) -> str:
    """The list as it was when the accounts were chosen."""
    kept = urlencode(carried(values), errors="replace")
    return f"{reverse('accounts:users')}?{kept}" if kept else reverse("accounts:users")

"""Showing an activation link once, while no e-mail can bring it: here, because it joins the accounts and the mail."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import lifecycle
from accounts.links import activation_path
from accounts.models import User
from accounts.roles import MANAGE_USERS
from notifications import links
from settings_app.models import SMTPSettings


@permission_required(MANAGE_USERS, raise_exception=True)
@require_POST
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link, in the answer to this request alone; those that were sent before, or wait to be, are dead."""
    actor, user = cast(User, request.user), get_object_or_404(User, pk=pk)
    if not actor.is_superuser:
        raise PermissionDenied
    if SMTPSettings.load().configured:
        messages.error(request, _("SMTP is configured: send the link by e-mail, which only its owner reads."))
        return redirect("accounts:user", pk)
    try:
        lifecycle.hand_over_link(user, actor)
    except lifecycle.NotPossible as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:user", pk)
    link = links.whole(activation_path(user))
    return render(request, "accounts/link_shown.html", {"account": user, "link": link})

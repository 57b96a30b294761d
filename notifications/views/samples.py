"""Administration > Monitoring > Notifications > All e-mails: what each one says, in each language."""

from django.conf import settings
from django.contrib import messages as flash
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from audit.log import record
from notifications import messages
from notifications.samples import Sample, TooMany, labels, samples, send
from notifications.views.outbox import MANAGE, VIEW
from notifications.views.paper import paper


@permission_required(VIEW, raise_exception=True)
@require_GET
def first(request: HttpRequest) -> HttpResponse:
    language = request.LANGUAGE_CODE if request.LANGUAGE_CODE in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    return redirect("notifications:sample", samples(language)[0].name, language)


@permission_required(VIEW, raise_exception=True)
@require_GET
def sample(request: HttpRequest, name: str, language: str) -> HttpResponse:
    names = labels(get_language() or settings.LANGUAGE_CODE)
    if name not in names or language not in dict(settings.LANGUAGES):
        raise Http404
    context = {
        "name": name,
        "label": names[name],
        "labels": names,
        "language": language,
        "languages": settings.LANGUAGES,
        "content": SimpleLazyObject(lambda: messages.render(_find(name, language).row, preview=True)),
    }
    return render(request, "notifications/sample.html", context)


@paper
@permission_required(VIEW, raise_exception=True)
@require_GET
def html(_request: HttpRequest, name: str, language: str) -> HttpResponse:
    return HttpResponse(messages.render(_find(name, language).row, preview=True).html)


@permission_required(MANAGE, raise_exception=True)
@require_POST
def send_to_me(request: HttpRequest, name: str, language: str) -> HttpResponse:
    chosen = _find(name, language)
    address = getattr(request.user, "email", "")
    if not address:
        flash.warning(request, _("Nothing was sent: your account has no e-mail address."))
        return redirect("notifications:sample", name, language)
    try:
        with transaction.atomic():
            send(chosen, request.user)
            record("notification.sample_sent", target=request.user, changes={"kind": name, "language": language})
    except TooMany:
        flash.warning(request, _("Nothing was sent: ten samples in ten minutes are enough. Try again in a while."))
    else:
        flash.success(request, _("A sample is on its way to %(to)s.") % {"to": address})
    return redirect("notifications:sample", name, language)


def _find(name: str, language: str) -> Sample:
    if language in dict(settings.LANGUAGES):
        for one in samples(language):
            if one.name == name:
                return one
    raise Http404

"""Administration > User Management > Users > Import: choose a file, look at what it holds, confirm, see it run."""

import functools
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import CharField, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import DetailView, View

from accounts.imports import checking, rejected, running
from accounts.imports.models import Import, ImportBatch, RejectedRow
from accounts.imports.reading import Unreadable
from accounts.lifecycle import NotPossible
from accounts.models import User
from accounts.roles import Role
from accounts.views.common import DrawnOnceMixin, UsersMixin
from audit.rows import Rows, row_of, rows_where

REJECTED_SHOWN = 50
PEOPLE_SHOWN = 5
NEWEST = 20


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty. Choose another one."),
            "max_length": gettext_lazy("The file's name is too long. Give it a shorter one."),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MAX_BYTES:
            sizes = {"size": filesizeformat(file.size), "most": filesizeformat(settings.IMPORT_MAX_BYTES)}
            raise forms.ValidationError(_("The file has %(size)s, more than %(most)s. Split it.") % sizes)
        return file


class ImportsView(UsersMixin, DrawnOnceMixin):
    template_name = "accounts/imports.html"
    form_class = FileForm

    def form_valid(self, form: FileForm) -> HttpResponse:
        file = form.cleaned_data["file"]
        try:
            imported = checking.check(file.file, file.name, actor=self.actor)
        except Unreadable as fault:
            form.add_error("file", str(fault))
            return self.form_invalid(form)
        return redirect("accounts:import", imported.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        earlier = Rows(Import, *_statement_of_the_newest(), more=["uploader"])
        return super().get_context_data(**kwargs) | {"most": settings.IMPORT_MAX_BYTES, "earlier": earlier}


@functools.cache
def _statement_of_the_newest() -> tuple[str, tuple[Any, ...]]:
    """Put together once: that takes Django longer than it takes the database."""
    earlier = Import.objects.exclude(state=Import.State.CHECKING).annotate(
        uploader=Coalesce(NullIf("created_by__name", Value("")), "created_by__email", output_field=CharField())
    )
    return earlier[:NEWEST].query.sql_with_params()


class ImportView(UsersMixin, DetailView):  # type: ignore[type-arg]  # generic in the stubs alone
    template_name = "accounts/import.html"
    context_object_name = "imported"

    def get_object(self, _queryset: Any = None) -> Import:
        imported = row_of(Import, self.kwargs["pk"])
        if imported is None or imported.state == Import.State.CHECKING:
            raise Http404
        return imported

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        uploader = self.object.created_by_id
        is_own = uploader == self.actor.pk
        checked = self.object.state == Import.State.CHECKED
        batches = rows_where(ImportBatch, "of_id = %s ORDER BY id LIMIT 1", [self.object.pk]) if checked else []
        rejected = rows_where(RejectedRow, f"of_id = %s ORDER BY id LIMIT {REJECTED_SHOWN}", [self.object.pk])
        return super().get_context_data(**kwargs) | {
            "rejected_rows": rejected,
            "batches": batches,
            # Lazy, since they are looked at only where the page is drawn anew.
            "people": SimpleLazyObject(lambda: _first_of(batches)),
            "is_own": is_own,
            "uploader": self.actor if is_own else uploader and row_of(User, uploader),
        }


def _first_of(batches: Iterable[ImportBatch]) -> list[tuple[str, ...]]:
    return [_as_read(*one) for batch in batches for one in batch.people[:PEOPLE_SHOWN]]


def _as_read(email: str, name: str, role: str, language: str, time_zone: str) -> tuple[str, ...]:
    """One of the people that are stored, their role and language as they are called on the other pages."""
    return email, name, str(Role(role).label), dict(settings.LANGUAGES).get(language, language), time_zone


class ImportProgressView(ImportView):
    """The part of the page that moves; once the import has ended, the whole page is drawn anew."""

    template_name = "accounts/import_progress.html"

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response = super().render_to_response(context, **kwargs)
        if self.object.state != Import.State.RUNNING:
            response["HX-Refresh"] = "true"
        return response


class ConfirmView(UsersMixin, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            running.confirm(get_object_or_404(Import, pk=pk), self.actor)
        except NotPossible as refusal:
            messages.error(request, str(refusal))
        else:
            running.nudge()
        return redirect("accounts:import", pk)


class StopView(UsersMixin, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        imported = get_object_or_404(Import, pk=pk)
        if not running.stop(imported, self.actor):
            messages.info(request, _("Nothing to stop: this import has ended already."))
        elif not Import.objects.filter(pk=pk).exists():
            messages.success(request, _("“%s” is discarded; nobody was added.") % imported.file_name)
            return redirect("accounts:imports")
        else:
            imported.refresh_from_db()
            messages.success(
                request,
                ngettext(
                    "Stopped. %(number)d user was added and stays.",
                    "Stopped. %(number)d users were added and stay.",
                    imported.added,
                )
                % {"number": imported.added},
            )
        return redirect("accounts:import", pk)


class RejectedView(UsersMixin, View):
    http_method_names = ["get", "head"]

    def get(self, _request: HttpRequest, pk: int) -> HttpResponseBase:
        imported = get_object_or_404(Import, pk=pk)
        response = StreamingHttpResponse(rejected.lines(imported), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="rejected-{imported.pk}.csv"'
        return response

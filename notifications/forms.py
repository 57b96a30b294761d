"""What the list of notifications is searched by."""

from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from audit.forms import FIRST, LAST, DayField
from notifications.kinds import KINDS
from notifications.models import Notification
from notifications.search import OLDEST_FIRST, Criteria

_FIRST, _LAST = (datetime.combine(day, time.min, UTC) for day in (FIRST, LAST))


class CriteriaForm(forms.Form):
    """Lenient: what cannot be understood is named, and the rest is searched for."""

    q = forms.CharField(label=_("Address, Message-ID or queue id"), required=False, max_length=320)
    state = forms.ChoiceField(choices=[("", ""), *Notification.State.choices], required=False)
    kind = forms.ChoiceField(label=_("E-mail"), required=False)
    cause = forms.CharField(label=_("Cause"), required=False, max_length=64)
    since = DayField(label=_("From"))
    until = DayField(label=_("Until"))
    unknown = forms.BooleanField(label=_("Outcome unknown"), required=False)
    before = forms.DateTimeField(required=False, validators=[MinValueValidator(_FIRST), MaxValueValidator(_LAST)])
    sort = forms.ChoiceField(choices=[("", ""), (OLDEST_FIRST, "")], required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted(((name, str(kind.label)) for name, kind in KINDS.items()), key=lambda choice: choice[1])
        self.fields["kind"].choices = [("", _("All")), *named]  # type: ignore[attr-defined]

    def criteria(self) -> Criteria:
        self.full_clean()
        # What is wrong is left out of it, and what was left empty is what the criteria begin with.
        return Criteria(**{name: value for name, value in self.cleaned_data.items() if value})

"""What the audit trail is searched by."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from audit import actions
from audit.trail import Criteria

# Days whose midnight every time zone and database can tell.
FIRST, LAST = date(1970, 1, 1), date(9998, 12, 31)


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
            validators=[MinValueValidator(FIRST), MaxValueValidator(LAST)],
            error_messages={"invalid": _("This is not a day: write it as 2026-12-31.")},
            **kwargs,
        )


class CriteriaForm(forms.Form):
    """Lenient: what cannot be understood is named, and the rest is searched for."""

    q = forms.CharField(label=_("Who, what or where from"), required=False, max_length=200)
    action = forms.ChoiceField(label=_("Deed"), required=False)
    since = DayField(label=_("From"))
    until = DayField(label=_("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted(((code, str(label)) for code, label in actions.LABELS.items()), key=lambda choice: choice[1])
        self.fields["action"].choices = [("", _("All")), *named]  # type: ignore[attr-defined]

    def criteria(self) -> Criteria:
        self.full_clean()
        known = self.cleaned_data
        return Criteria(known.get("q", ""), known.get("action", ""), known.get("since"), known.get("until"))

"""The small tags and filters of the components."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.utils import timezone

from paragon_smtp.templatetags import ui


class Letter(forms.Form):
    to = forms.CharField(label="To", help_text="An address.")
    hidden = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> None:
        raise ValidationError("Nothing fits.")


def draw(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def test_problems_lead_to_the_fields_and_name_them() -> None:
    assert ui.problems(Letter({}), "") == [
        ("", "Nothing fits.", ""),
        ("To", "This field is required.", "id_to"),
        ("Hidden", "This field is required.", ""),
    ]


def test_widget_is_tied_to_its_error_and_help() -> None:
    html = draw("{% widget form.to described_by='more' dir='ltr' %}", form=Letter({}))

    assert 'class="input"' in html
    assert 'aria-describedby="id_to_error more id_to_helptext"' in html
    assert 'aria-invalid="true"' in html
    assert 'dir="ltr"' in html


def test_field_escapes_what_comes_from_outside() -> None:
    html = draw("{% include 'components/field.html' with field=form.to help=help %}", form=Letter(), help="<script>")

    assert "&lt;script&gt;" in html
    assert "<script>" not in html


@pytest.mark.parametrize(
    ("milliseconds", "words"), [(None, ""), (0.42, "0.4 ms"), (38.4, "38 ms"), (471.2, "471 ms"), (1900.0, "1.9 s")]
)
def test_took_keeps_the_digits_that_matter(milliseconds: float | None, words: str) -> None:
    assert ui.took(milliseconds) == words


def test_said_speaks_of_time_as_people_do() -> None:
    now = timezone.now()

    assert ui.said(None) == ""
    assert ui.said(now) == "just now"
    assert ui.said(now - timedelta(minutes=4, seconds=1)).replace("\xa0", " ") == "4 minutes ago"
    assert ui.said(datetime(2026, 1, 2, 3, 4, tzinfo=UTC)) == "2 January 2026, 03:04"


def test_a_step_that_was_left_out_differs_from_one_that_was_not_reached() -> None:
    steps = [
        SimpleNamespace(number=number, status=status)
        for number, status in enumerate(("ok", "skipped", "failed", "skipped"))
    ]

    assert [ui.passed_over(step, steps) for step in steps] == [True, True, False, False]


@pytest.mark.parametrize(
    ("name", "letters"), [("Ingrid Solberg", "IS"), ("kim@corp.example", "K"), ("ada king noel", "AN"), ("", "")]
)
def test_initials(name: str, letters: str) -> None:
    assert ui.initials(name) == letters


def test_addresses_may_break_at_their_parts_and_stay_escaped() -> None:
    whole = '<span class="address">{}</span>'
    assert ui.addresses("kim.lange@corp.example") == whole.format("kim<wbr>.lange<wbr>@corp<wbr>.example")
    assert ui.addresses("Kim <kim@corp.example> & co.") == (
        "Kim " + whole.format("&lt;kim<wbr>@corp<wbr>.example&gt;") + " &amp; co."
    )
    assert ui.addresses("TLS 1.3 with mail.corp.example. Done.") == (
        "TLS 1.3 with " + whole.format("mail<wbr>.corp<wbr>.example") + ". Done."
    )
    assert "<script>" not in ui.addresses("<script>@corp.example")

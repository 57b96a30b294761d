"""What the pages' components need beyond Django's own tags: a widget with its class, the links of an error summary.

Knows forms and URLs in general, none of the apps.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django import template
from django.forms import BaseForm, BoundField
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from paragon_smtp import moments

register = template.Library()

# In text that is escaped: an e-mail address, in angle brackets or not, or a name of several parts (a host, a file).
PART = r"[^\s<>&;,:@\"“”]"
ADDRESS = re.compile(rf"(?:&lt;)?{PART}{{1,64}}@{PART}{{1,253}}\w(?:&gt;)?|(?:[\w-]{{1,63}}\.)+[^\W\d][\w-]+(?::\d+)?")
WHERE_IT_BREAKS = re.compile(r"(?<=\w)(?=[@.]\w)")
WIDGET_CLASSES = {"checkbox": "check", "select": "select", "textarea": "area", "radioselect": ""}


class Problem(NamedTuple):
    """One line of the error summary: the field's label, what is wrong, and the id of the control to go to."""

    label: str
    message: str
    target: str


@register.simple_tag
@functools.cache
def icon(name: str, size: str = "", flip: bool = False) -> SafeString:
    """A drawing of `icons.svg` that says nothing by itself. Made once: a page has a hundred."""
    classes = " ".join(("icon", *([f"icon-{size}"] if size else []), *(["icon-flip"] if flip else [])))
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, static("icons.svg"), name
    )


@register.simple_tag
def widget(
    field: BoundField,
    css: str = "",
    described_by: str = "",
    has_help: str = "",
    help_file: str = "",
    has_tag: str = "",
    **attrs: Any,
) -> SafeString:
    """The field's control, with the class of the visual language and tied to its errors, its help and more."""
    look = css or WIDGET_CLASSES.get(field.widget_type, "input")
    classes = " ".join(part for part in (look, field.field.widget.attrs.get("class", "")) if part)
    described = " ".join(
        part
        for part in (
            f"{field.auto_id}_error" if field.errors else "",
            f"{field.auto_id}_tag" if has_tag else "",
            described_by,
            f"{field.auto_id}_helptext" if has_help or help_file or field.help_text else "",
        )
        if part
    )
    further = {name.replace("_", "-"): value for name, value in attrs.items()}
    given = further | {"class": classes, "aria-describedby": described}
    return field.as_widget(attrs={name: value for name, value in given.items() if value not in ("", None)})


@register.simple_tag
def problems(*forms: BaseForm | str) -> list[Problem]:
    """Every error of the forms, in the order of their fields; what belongs to no field comes first."""
    return [problem for form in forms if isinstance(form, BaseForm) and form.is_bound for problem in _problems_of(form)]


def _problems_of(form: BaseForm) -> Iterator[Problem]:
    for message in form.non_field_errors():
        yield Problem("", str(message), "")
    for field in form:
        target = "" if field.is_hidden else field.id_for_label or field.auto_id
        for text in filter(None, map(str, field.errors)):
            yield Problem(str(field.label), text, target)


@register.filter
def said(moment: datetime | None) -> str:
    """A time as people say it."""
    return "" if moment is None else moments.ago(moment)


@register.simple_tag
def moment(at: datetime | None) -> str:
    """A time as people say it, and exactly for whoever points at it."""
    return "" if at is None else format_html("{}{}</time>", moments.element(at), moments.ago(at))


@register.simple_tag
def clock_time(at: datetime) -> str:
    """A time as "since" wants it."""
    return format_html("{}{}</time>", moments.element(at), moments.since(at))


@register.filter
def took(milliseconds: float | None) -> str:
    """A duration with the digits that matter: 0.4 ms, 38 ms, 1.9 s."""
    if milliseconds is None:
        return ""
    if milliseconds < 10:
        return f"{milliseconds:.1f} ms"
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    return f"{milliseconds / 1000:.1f} s"


@register.filter
def passed_over(step: Any, steps: Sequence[Any]) -> bool:
    """Whether a skipped step was left out on the way, rather than never reached: a later one has begun."""
    return any(later.status not in ("skipped", "idle") for later in steps[steps.index(step) + 1 :])


@register.filter
def addresses(text: str) -> SafeString:
    """The text, its addresses and hosts whole where they fit a line, else broken before an @ or a dot. Copied, they are
    as they were."""
    return mark_safe(ADDRESS.sub(_breakable, conditional_escape(text)))  # noqa: S308 - escaped


def _breakable(found: re.Match[str]) -> str:
    return f'<span class="address">{WHERE_IT_BREAKS.sub("<wbr>", found[0])}</span>'


@register.filter
def initials(name: str) -> str:
    """Up to two letters that stand for a person."""
    words = [word for word in str(name).replace(".", " ").split("@")[0].split() if word]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()

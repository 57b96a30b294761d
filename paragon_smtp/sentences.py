"""The `translate` of Django's templates, asking the catalogue at once for a sentence that stands there as it is.

Django's own makes a lazy text of it and takes that apart again, which takes longer than all the rest; a page has from
twenty to two hundred.
"""

from typing import Any

from django.template.base import FilterExpression, Node, Parser, Token
from django.template.context import Context
from django.templatetags import i18n
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext


class Sentence(Node):
    """A text that stands in the template, as the catalogue has it: its percent signs doubled."""

    child_nodelists = ()

    def __init__(self, text: str, name: str | None) -> None:
        self.text = text.replace("%", "%%")
        self.name = name

    def render(self, context: Context) -> SafeString:
        # Ours, like all that stands in a template: never escaped.
        text = mark_safe(gettext(self.text).replace("%%", "%"))  # noqa: S308
        if self.name is None:
            return text
        context[self.name] = text
        return mark_safe("")


def translate(parser: Parser, token: Token) -> Node:
    node: Any = i18n.do_translate(parser, token)
    expression: FilterExpression = node.filter_expression
    literal = getattr(expression.var, "literal", None)
    plain = isinstance(literal, str) and not (expression.filters or node.noop or node.message_context)
    return Sentence(literal, node.asvar) if plain and literal else node


def put_in_place() -> None:
    for name in ("translate", "trans"):
        i18n.register.tag(name, translate)

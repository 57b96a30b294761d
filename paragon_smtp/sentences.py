"""In the place of Django's `i18n` (TEMPLATES): its `translate` asks the catalogue once in each language.

Django's own makes a lazy text of what stands there and takes that apart again, which takes longer than all the rest; a
page has from twenty to two hundred.
"""

from typing import Any

from django.template import Library
from django.template.base import FilterExpression, Node, Parser, Token
from django.template.context import Context
from django.templatetags import i18n
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

register = Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class Sentence(Node):
    """A text that stands in the template, as the catalogue has it: its percent signs doubled."""

    child_nodelists = ()

    def __init__(self, text: str, name: str | None) -> None:
        self.text = text.replace("%", "%%")
        self.name = name
        self.said: dict[str | None, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        language = get_language()
        text = self.said.get(language)
        if text is None:
            # Ours, like all that stands in a template: never escaped.
            text = self.said[language] = mark_safe(gettext(self.text).replace("%%", "%"))  # noqa: S308
        if self.name is None:
            return text
        context[self.name] = text
        return mark_safe("")


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> Node:
    node: Any = i18n.do_translate(parser, token)
    expression: FilterExpression = node.filter_expression
    literal = getattr(expression.var, "literal", None)
    plain = isinstance(literal, str) and not (expression.filters or node.noop or node.message_context)
    return Sentence(literal, node.asvar) if plain and literal else node

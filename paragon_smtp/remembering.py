"""In the place of Django's `cache` (TEMPLATES): each language and time zone has its own, and what goes by the clock
stays right in what is remembered.

`{% cache SECONDS NAME WHAT IT IS DRAWN FROM %}` as ever, for the cache `template_fragments`.
"""

from typing import Any

from django.core.cache import caches
from django.core.cache.utils import make_template_fragment_key
from django.template import Library
from django.template.base import Node, Parser, Token
from django.template.context import Context
from django.templatetags import cache
from django.utils import timezone
from django.utils.translation import get_language

from paragon_smtp import moments

register = Library()


class Remembered(cache.CacheNode):
    def render(self, context: Context) -> Any:
        drawn_from = [each.resolve(context) for each in self.vary_on]
        reader = (get_language(), timezone.get_current_timezone_name())
        name = make_template_fragment_key(self.fragment_name, [*reader, *drawn_from])
        parts = caches["template_fragments"].get(name)
        if parts is None:
            with moments.marked():
                parts = moments.taken_apart(self.nodelist.render(context))
            caches["template_fragments"].set(name, parts, self.expire_time_var.resolve(context))
        return moments.put_together(parts)


@register.tag("cache")
def remember(parser: Parser, token: Token) -> Node:
    node: Any = cache.do_cache(parser, token)
    return Remembered(node.nodelist, node.expire_time_var, node.fragment_name, node.vary_on, None)

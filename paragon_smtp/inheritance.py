"""In the place of Django's `extends` and `block` (TEMPLATES): which template's block shows where is found out once.

Django's own does it for each page anew. Where a block asks for `{{ block.super }}`, or the parent's name is not plainly
said, it still does.
"""

from typing import Any, NamedTuple

from django.template import Engine, Library
from django.template.base import Node, NodeList, Parser, Template, TextNode, Token, VariableNode
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY, BlockNode, ExtendsNode, do_block, do_extends
from django.utils.translation import get_language

from paragon_smtp.sentences import Sentence

register = Library()
CHOSEN = "chosen_blocks"


class Page(NamedTuple):
    """The template that all begins with, what stands in its blocks, and those of sentences alone as they were said."""

    root: Template
    blocks: dict[str, NodeList]
    said: dict[tuple[str, str | None], str]


class Block(BlockNode):
    def render(self, context: Context) -> Any:
        page = context.render_context.get(CHOSEN)
        if page is None:
            return super().render(context)
        nodes = page.blocks.get(self.name, self.nodelist)
        if not nodes:
            return ""
        key = (self.name, get_language())
        text = page.said.get(key)
        if text is None:
            with context.push():
                text = "".join([node.render_annotated(context) for node in nodes])
            if all(isinstance(node, TextNode | Sentence) for node in nodes):
                page.said[key] = text
        return text


class Extends(ExtendsNode):
    page: Page | None = None

    def render(self, context: Context) -> Any:
        # Templates are read anew where one has changed, and this is then another object.
        template: Any = context.template
        self.page = self.page or self.put_together(template.engine)
        if self.page is None or BLOCK_CONTEXT_KEY in context.render_context:
            return super().render(context)
        context.render_context[CHOSEN] = self.page
        root: Any = self.page.root
        with context.render_context.push_state(root, isolated_context=False):
            return root._render(context)  # as Django's own does, so that the context stays the same

    def put_together(self, engine: Engine) -> Page | None:
        """None where Django's own stands between this template and the first one."""
        name: Any = self.parent_name
        parent, _origin = engine.find_template(name.var, skip=[self.origin])
        blocks = {name: block.nodelist for name, block in self.blocks.items()}
        first = next((node for node in parent.nodelist if not isinstance(node, TextNode)), None)
        if not isinstance(first, ExtendsNode):
            return Page(parent, blocks, {})
        above = first.put_together(engine) if isinstance(first, Extends) else None
        return above and Page(above.root, above.blocks | blocks, {})


@register.tag
def block(parser: Parser, token: Token) -> Node:
    node: Any = do_block(parser, token)
    return Block(node.name, node.nodelist)


@register.tag
def extends(parser: Parser, token: Token) -> Node:
    node: Any = do_extends(parser, token)
    name = node.parent_name
    plain = isinstance(name.var, str) and not name.filters
    shown = {str(each.filter_expression) for each in node.nodelist.get_nodes_by_type(VariableNode)}
    return Extends(node.nodelist, name) if plain and "block.super" not in shown else node

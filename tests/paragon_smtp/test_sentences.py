"""Our `translate` says what Django's says."""

import pytest
from django.template import Context, Template, defaultfilters, defaulttags
from django.template.base import Lexer, Node, Parser
from django.templatetags.i18n import do_translate
from django.utils import translation

from paragon_smtp.sentences import Sentence

SOURCES = [
    '{% translate "Users" %}',
    "{% trans 'Users' %}",
    '{% translate "Nobody translated <this> & 100 %" %}',
    '{% translate "Users" as said %}',
    '{% translate "Save & \\"go\\"" as said %}',
    '{% translate "Users" noop %}',
    '{% translate "Users"|upper %}',
    '{% translate "May" context "abbrev. month" %}',
    "{% translate name %}",
    '{% translate "" %}',
]


def djangos(source: str) -> Node:
    """What Django itself makes of the tag that the source begins with."""
    first, *_others = Lexer(source).tokenize()
    first.contents = first.contents.replace("trans ", "translate ", 1)
    return do_translate(Parser([], libraries={}, builtins=[defaulttags.register, defaultfilters.register]), first)


@pytest.mark.parametrize("language", ["en", "de", "ar"])
@pytest.mark.parametrize("source", SOURCES)
def test_it_says_what_djangos_says(source: str, language: str) -> None:
    ours, theirs = Context({"name": "<Users>"}), Context({"name": "<Users>"})
    with translation.override(language):
        said = Template("{% load i18n %}" + source).render(ours)
        assert (said, ours.get("said")) == (djangos(source).render(theirs), theirs.get("said"))


def test_it_is_the_one_that_templates_use() -> None:
    found = [Template("{% load i18n %}" + source).nodelist.get_nodes_by_type(Sentence) for source in SOURCES]
    assert [len(nodes) for nodes in found] == [1] * 5 + [0] * 5

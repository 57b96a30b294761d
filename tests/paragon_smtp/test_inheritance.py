"""Our `extends` shows what Django's shows."""

import threading

import pytest
from django.template import Context, Engine
from django.template.loader import get_template
from django.template.loader_tags import ExtendsNode
from django.utils import translation
from django.utils.translation import gettext

from paragon_smtp.inheritance import Extends

TEMPLATES = {
    "root": "<{% block a %}root a{% endblock %}|{% if deep %}{% block b %}root b{% endblock %}{% endif %}|{{ said }}>",
    "middle": '{% extends "root" %}{% block a %}middle {% block c %}c{% endblock %}{% endblock %} not shown',
    "leaf": '{% extends "middle" %}{% block b %}leaf b{% endblock %}{% block c %}leaf c{% endblock %}',
    "comment": '{# said first #}{% extends "root" %}{% block b %}{% for n in "xy" %}{{ n }}{% endfor %}{% endblock %}',
    "nothing": '{% extends "root" %}{% block unknown %}never{% endblock %}',
    "scope": '{% extends "root" %}{% block a %}{% firstof "here" as said %}{{ said }}{% endblock %}',
    "super": '{% extends "middle" %}{% block c %}{{ block.super }}, and more{% endblock %}',
    "super below": '{% extends "super" %}{% block b %}lowest{% endblock %}',
    "variable": "{% extends parent %}{% block b %}of a variable{% endblock %}",
    "filtered": '{% extends "ROOT"|lower %}{% block b %}filtered{% endblock %}',
    "variable below": '{% extends "variable" %}{% block a %}lowest{% endblock %}',
    "include": '{% extends "root" %}{% block a %}{% include "leaf" %}{% endblock %}',
    "root of it": "<{% block a %}{% endblock %}|{% block b %}{% endblock %}|{% block c %}{% endblock %}>",
    "twice": '{% include "leaf" %}{% include "middle" %}{% include "leaf" %}',
}
SAID = (
    '{% extends "root of it" %}{% load i18n %}{% block a %}{% translate "Users" %}{% endblock %}'
    "{% block c %}{% get_current_language as spoken %}{{ spoken }}{% endblock %}"
)
LOADER = [("django.template.loaders.locmem.Loader", TEMPLATES)]
CONTEXT = {"deep": True, "parent": "middle"}


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_shows_what_djangos_shows(name: str) -> None:
    ours = Engine(loaders=LOADER, builtins=["paragon_smtp.inheritance"]).get_template(name)
    djangos = Engine(loaders=LOADER).get_template(name)
    for deep in (True, False, True):
        values = CONTEXT | {"deep": deep}
        assert ours.render(Context(values)) == djangos.render(Context(values)) != ""


@pytest.mark.parametrize("language", ["de", "en", "ar"])
def test_each_language_has_its_own_sentences(language: str) -> None:
    source = TEMPLATES | {
        "said": SAID,
        "below": '{% extends "said" %}{% load i18n %}{% block b %}{% translate "Save" %}{% endblock %}',
    }
    options = {"libraries": {"i18n": "paragon_smtp.sentences"}, "builtins": ["paragon_smtp.inheritance"]}
    page = Engine(loaders=[("django.template.loaders.locmem.Loader", source)], **options).get_template("below")
    for spoken in ("en", language, "en"):
        with translation.override(spoken):
            assert page.render(Context()) == f"<{gettext('Users')}|{gettext('Save')}|{spoken}>"


def test_threads_that_begin_at_once_show_the_same() -> None:
    leaf = Engine(loaders=LOADER, builtins=["paragon_smtp.inheritance"]).get_template("leaf")
    begin, shown = threading.Barrier(8), []

    def show(deep: bool) -> None:
        begin.wait()
        shown.extend((deep, leaf.render(Context({"deep": deep}))) for _ in range(50))

    threads = [threading.Thread(target=show, args=[number % 2 == 0]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(shown) == {(True, "<middle leaf c|leaf b|>"), (False, "<middle leaf c||>")}
    assert len(shown) == 400


def test_pages_use_it_and_go_to_djangos_where_they_must() -> None:
    [page] = get_template("accounts/own.html").template.nodelist.get_nodes_by_type(ExtendsNode)  # type: ignore[attr-defined]
    [sample] = get_template("emails/sample.html").template.nodelist.get_nodes_by_type(ExtendsNode)  # type: ignore[attr-defined]
    assert (type(page), type(sample)) == (Extends, ExtendsNode)

"""A sentence that remembers what it was made of, so that it can be told in another language as well.

As a string it is English: what the command line, the JSON and the log show. Who shows it to a person hands in the
translation of their language; none is known here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Self

from notifications.smtp.text import visible

Translate = Callable[[str], str]
LONGEST = 2000  # characters of a fact


class Sentence(str):
    """`template` names its facts in braces; those that are sentences themselves are told in the same language.

    One that begins or ends with a space is a part of another sentence, and keeps it.
    """

    __slots__ = ("facts", "template")
    template: str
    facts: dict[str, str]

    def __new__(cls, template: str, facts: dict[str, str]) -> Self:
        made = super().__new__(cls, _filled(template, template, facts))
        made.template, made.facts = template, facts
        return made

    def __reduce__(self) -> tuple[type[Sentence], tuple[str, dict[str, str]]]:
        """For copies of it."""
        return (type(self), (self.template, self.facts))

    def told(self, translate: Translate) -> str:
        return _filled(self.template, translate(self.template), _Told(self.facts, translate))

    def without(self, *names: str) -> Sentence:
        """The same with nothing in the place of these facts."""
        return Sentence(self.template, type(self.facts)({**self.facts, **dict.fromkeys(names, "")}))


class _Told(dict[str, str]):
    """The facts in another language, one by one as a template asks for them."""

    def __init__(self, facts: Mapping[str, str], translate: Translate) -> None:
        self._facts, self._translate = facts, translate

    def __missing__(self, key: str) -> str:
        return told(self._facts[key], self._translate)


def sentence(template: str, **facts: str) -> Sentence:
    """Imported as `_`, which marks the template for translation."""
    return Sentence(template, {name: as_fact(fact) for name, fact in facts.items()})


def joined(sentences: Sequence[str]) -> Sentence:
    names = [f"sentence_{number}" for number in range(len(sentences))]
    template = " ".join(f"{{{name}}}" for name in names)
    return Sentence(template, dict(zip(names, sentences, strict=True)))


def as_fact(text: str) -> str:
    return text if isinstance(text, Sentence) else visible(text, LONGEST)


def told(text: str, translate: Translate) -> str:
    """A sentence in the language; evidence as it is."""
    return text.told(translate) if isinstance(text, Sentence) else text


def _filled(original: str, template: str, facts: Mapping[str, str]) -> str:
    text = template.format_map(facts)
    return text if original != original.strip() else text.strip()

"""`python -m notifications.diagnosis.document`: the catalogue as the page docs/diagnosis.md."""

import re
import sys

from notifications.diagnosis.catalogue import CAUSES
from notifications.diagnosis.cause import Cause
from notifications.diagnosis.facts import USUAL

HEAD = """# What can go wrong with mail, and what to do

Made from the catalogue of causes by `make docs`. A cause is named on the page, in the JSON of `send_test_email`, in the
log and at a notification. Its scope says what it stops: *queue* holds every delivery and charges none; *message* makes
that one message wait (4xx) or fail (5xx); *connection* is tried anew with another message first. A … stands for the
evidence: names, addresses, dates and the server's own words.
"""
EVIDENCE = re.compile(r"\{[a-z0-9_]+\}")


def page() -> str:
    groups: dict[str, list[Cause]] = {}
    for cause in CAUSES.values():
        groups.setdefault(cause.code.partition(".")[0], []).append(cause)
    sections = [HEAD]
    for name, causes in groups.items():
        sections += [f"## {name.capitalize() if name != 'tls' else 'TLS'}\n", *map(_entry, causes)]
    return "\n".join(sections)


def _entry(cause: Cause) -> str:
    return (
        f"### `{cause.code}`: {cause.title}\n"
        f"When: {cause.meaning}. Scope: {cause.scope}.\n\n"
        f"> {_plain(cause.explanation)}\n\n"
        f"{_plain(cause.remedy)}\n"
    )


def _plain(template: str) -> str:
    usual = {f"{{{name}}}": words for name, words in USUAL.items()}
    text = " ".join(EVIDENCE.sub(lambda fact: usual.get(fact[0], " … "), template).split())
    return re.sub(r" … (?=[.,;:)])", " …", text)


if __name__ == "__main__":
    sys.stdout.write(page())

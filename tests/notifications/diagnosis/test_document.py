from pathlib import Path

from notifications.diagnosis import CAUSES, document

PAGE = Path(__file__).resolve().parents[3] / "docs" / "diagnosis.md"


def test_page_is_what_the_catalogue_says() -> None:
    assert PAGE.read_text() == document.page(), "run `make docs`"


def test_page_has_every_cause_once() -> None:
    page = document.page()
    assert {code: page.count(f"### `{code}`") for code in CAUSES} == dict.fromkeys(CAUSES, 1)

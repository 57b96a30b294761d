"""The process's environment, read once and loudly: a wrong value stops the start with a sentence that names it.

Every variable may also be given as a file, `NAME_FILE`, the way container platforms hand over secrets.
What the variables mean is in `.env.example`; what is made of them, in `settings.py`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import FileAwareEnv

T = TypeVar("T")

BASE_DIR = Path(__file__).resolve().parent.parent


class Environment:
    """Reads variables by name and turns what is wrong into `ImproperlyConfigured`."""

    def __init__(self, dotenv: Path | None = None) -> None:
        if dotenv is not None and dotenv.is_file():
            FileAwareEnv.read_env(str(dotenv))
        self._env = FileAwareEnv()

    def text(self, name: str, default: str = "") -> str:
        try:
            value = self._env.str(name, default=default)
        except (OSError, UnicodeError) as error:
            raise ImproperlyConfigured(f"{name}_FILE names a file that cannot be read: {error}.") from None
        return value.strip()

    def parsed(self, name: str, default: T, parse: Callable[[str], T], wanted: str) -> T:
        """`parse` applied to the variable; `wanted` completes the sentence "NAME is '…'; it has to be …"."""
        text = self.text(name)
        if not text:
            return default
        try:
            return parse(text)
        except ValueError:
            raise ImproperlyConfigured(f"{name} is {text!r}; it has to be {wanted}.") from None

    def number(self, name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
        def parse(text: str) -> int:
            if not least <= int(text) <= most:
                raise ValueError
            return int(text)

        return self.parsed(name, default, parse, f"a whole number from {least} to {most}")

    def switch(self, name: str, *, default: bool) -> bool:
        words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}

        def parse(text: str) -> bool:
            try:
                return words[text.lower()]
            except KeyError:
                raise ValueError from None

        return self.parsed(name, default, parse, "one of true, yes, on, 1, false, no, off, 0")

    def words(self, name: str, default: list[str]) -> list[str]:
        return [word.strip() for word in self.text(name).split(",") if word.strip()] or default

    def origin(self, name: str, default: str) -> str:
        """A web address without a trailing slash, such as `https://portal.example.com/paragon`."""

        def parse(text: str) -> str:
            parts = urlsplit(text)
            if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
                raise ValueError
            _ = parts.port  # raises ValueError when it is not a number from 0 to 65535
            return text.rstrip("/")

        return self.parsed(name, default, parse, "a web address such as https://portal.example.com, without ? and #")

    def database(self, name: str, default: str) -> dict[str, object]:
        url = self.text(name) or default
        known = {"postgres", "postgresql", "sqlite"}
        if urlsplit(url).scheme not in known:
            raise ImproperlyConfigured(f"{name} has to begin with postgresql:// or sqlite://.")  # may hold a password
        return dict(self._env.db_url_config(url))

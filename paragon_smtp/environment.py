"""The process's environment, read once and loudly: a wrong value stops the start with a sentence that names it.

Every variable may also be given as a file, `NAME_FILE`, the way container platforms hand over secrets.
What the variables mean is in `.env.example`; what is made of them, in `settings.py`.
"""

import contextlib
import os
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from environ import FileAwareEnv

T = TypeVar("T")

BASE_DIR = Path(__file__).resolve().parent.parent


class Environment:
    """Reads variables by name and turns what is wrong into `ImproperlyConfigured`."""

    def __init__(self, dotenv: Path | None = None) -> None:
        self.names: set[str] = set()
        """Every name that was asked for; `.env.example` lists them all."""
        if dotenv is not None and dotenv.is_file():
            if not os.access(dotenv, os.R_OK):
                raise ImproperlyConfigured(f"The file {str(dotenv)!r} cannot be read by this user.")
            FileAwareEnv.read_env(str(dotenv))
        self._env = FileAwareEnv()

    def text(self, name: str, default: str = "") -> str:
        """The variable's text; one that is set to nothing counts as not set."""
        self.names.add(name)
        try:
            # Not `env.str()`: that takes a secret which begins with $ for the name of another variable.
            value = self._env.ENVIRON.get(name, "")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise ImproperlyConfigured(f"{name}_FILE names a file that cannot be read: {reason}.") from None
        return str(value).strip() or default

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

    def retention(self, name: str, *, least: int) -> timedelta:
        """Days for which something is kept; none for ever, which is the default."""

        def parse(text: str) -> timedelta:
            if int(text) != 0 and not least <= int(text) <= 36_500:
                raise ValueError
            return timedelta(days=int(text))

        return self.parsed(name, timedelta(0), parse, f"0 for ever, or a whole number of days from {least} to 36500")

    def switch(self, name: str, *, default: bool) -> bool:
        words = {
            "1": True,
            "true": True,
            "yes": True,
            "on": True,
            "0": False,
            "false": False,
            "no": False,
            "off": False,
        }

        def parse(text: str) -> bool:
            try:
                return words[text.lower()]
            except KeyError:
                raise ValueError from None

        return self.parsed(name, default, parse, "one of true, yes, on, 1, false, no, off, 0")

    def words(self, name: str, default: list[str]) -> list[str]:
        return [word.strip() for word in self.text(name).split(",") if word.strip()] or default

    def networks(self, name: str) -> tuple[str, ...]:
        return self.parsed(name, (), networks, "networks such as 10.0.0.0/8 or fd00::/8, with commas between")

    def proxies(self, name: str) -> tuple[str, ...]:
        def parse(text: str) -> tuple[str, ...]:
            words = [word.strip() for word in text.split(",")]
            return tuple(w for w in words if w == "unix") + networks(",".join(w for w in words if w != "unix"))

        return self.parsed(name, (), parse, "networks such as 10.0.0.5/32, or unix, with commas between")

    def ports(self, name: str) -> frozenset[int]:
        def parse(text: str) -> frozenset[int]:
            ports = frozenset(int(word) for word in text.split(",") if word.strip())
            if any(not 1 <= port <= 65535 for port in ports):
                raise ValueError
            return ports

        return self.parsed(name, frozenset(), parse, "port numbers such as 25,587, with commas between")

    def origin(self, name: str, default: str) -> str:
        """A web address without a trailing slash, such as `https://portal.example.com/paragon`."""
        return self.parsed(name, default, origin, "a web address such as https://portal.example.com, without ? and #")

    def origins(self, name: str, default: list[str]) -> list[str]:
        def parse(text: str) -> list[str]:
            return [origin(word.strip()) for word in text.split(",") if word.strip()]

        return self.parsed(
            name, default, parse, "web addresses such as https://portal.example.com, with commas between"
        )

    def address(self, name: str, default: str) -> str:
        def parse(text: str) -> str:
            try:
                validate_email(text)
            except ValidationError:
                raise ValueError from None
            return text

        return self.parsed(name, default, parse, "an e-mail address such as no-reply@example.com")

    def time_zone(self, name: str, default: str) -> str:
        def parse(text: str) -> str:
            try:
                return ZoneInfo(text).key
            except (KeyError, OSError):
                raise ValueError from None

        return self.parsed(name, default, parse, "the name of a time zone such as Europe/Berlin")

    def database(self, name: str, default: str) -> dict[str, object]:
        """Django's settings for the address of a database. It may hold a password, so no message repeats it."""
        url = self.text(name) or default
        config: dict[str, object] = {}
        with contextlib.suppress(ValueError, ImproperlyConfigured):
            if urlsplit(url).scheme in {"postgres", "postgresql", "sqlite"}:
                config = dict(self._env.db_url_config(url))
        if not config:
            raise ImproperlyConfigured(
                f"{name} has to be like postgresql://user:password@host:5432/name or sqlite:////folder/file.sqlite3 "
                "(in the password, %, /, @, # and ? are written as %25, %2F, %40, %23 and %3F)."
            )
        if config["NAME"] in ("", ":memory:"):
            raise ImproperlyConfigured(f"{name} names no database after the last slash.")
        return config

    def broker(self, name: str, default: str) -> str:
        """The address of a Redis or Valkey server. It may hold a password, so no message repeats it."""
        url = self.text(name) or default
        try:
            parts = urlsplit(url)
            port_is_fine = parts.port is None or parts.port > 0
        except ValueError:
            port_is_fine = False
        known = {"redis", "rediss", "redis+socket", "filesystem"}
        if not port_is_fine or url.partition("://")[0] not in known:
            raise ImproperlyConfigured(
                f"{name} has to be like redis://:password@host:6379/0, rediss://… with TLS, or redis+socket:///path."
            )
        return url


def networks(text: str) -> tuple[str, ...]:
    """The networks in canonical form; ValueError when one is none."""
    return tuple(str(ip_network(word.strip(), strict=False)) for word in text.split(",") if word.strip())


def origin(text: str) -> str:
    """The web address without a trailing slash; ValueError when it is none."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError
    _ = parts.port  # raises ValueError when it is not a number from 0 to 65535
    return text.rstrip("/")

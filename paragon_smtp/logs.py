"""How log lines look: for a person, or as one JSON object each for whatever collects them.

Both are made of the same fields, whoever writes: Django, Celery, gunicorn or this product.
"""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from audit import correlation
from paragon_smtp.environment import Environment

FORMATS = ("console", "json")
# What a line says besides, where it is known.
MORE = ("correlation_id", "queue_id", "method", "route", "status", "ms")


def chosen(env: Environment) -> str:
    def parse(text: str) -> str:
        if text not in FORMATS:
            raise ValueError
        return text

    return env.parsed("LOG_FORMAT", "console", parse, " or ".join(FORMATS))


class Formatter(logging.Formatter):
    """`kind`: json, or `time LEVEL logger: what happened [name=value …]` and the traceback beneath."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._json = kind == "json"

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        given = {"correlation_id": correlation.current_id(), **vars(record)}
        more = {name: given[name] for name in MORE if given.get(name) not in ("", None)}
        event, trace = record.getMessage(), self.formatException(record.exc_info) if record.exc_info else ""
        if self._json:
            head = {"time": time, "level": record.levelname.lower(), "logger": record.name, "event": event}
            return json.dumps(head | more | ({"exception": trace} if trace else {}), ensure_ascii=False, default=str)
        line = f"{time} {record.levelname} {record.name}: {event}"
        if more:
            line += f" [{' '.join(f'{name}={value}' for name, value in more.items())}]"
        return f"{line}\n{trace}" if trace else line


class RouteInsteadOfPath(logging.Filter):
    """Django logs the path of a request that failed; a path may hold a one-time link, its route does not."""

    def filter(self, record: logging.LogRecord) -> bool:
        request: Any = getattr(record, "request", None)
        if hasattr(request, "resolver_match") and isinstance(record.args, tuple):
            record.args = tuple(route_of(request) if value == request.path else value for value in record.args)
        return True


def configuration(kind: str) -> dict[str, Any]:
    """Django's LOGGING."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"chosen": {"()": "paragon_smtp.logs.Formatter", "kind": kind}},
        "filters": {"route": {"()": "paragon_smtp.logs.RouteInsteadOfPath"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "chosen", "filters": ["route"]}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            # Django's own handlers would write everything twice, and mail it.
            "django": {"handlers": [], "level": "INFO"},
            "django.request": {"level": "ERROR"},
            "celery": {"level": "INFO"},
            # Three lines for each look at the outbox, every five seconds, would bury the others.
            "celery.beat": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "mail.log": {"level": "WARNING"},  # the inbox's SMTP server, which tells every command
        },
    }


def route_of(request: Any) -> str:
    """The pattern that the path fits, with its variable parts unnamed."""
    match = request.resolver_match
    return match.route if match else "(no page)"

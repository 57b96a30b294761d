"""How log lines look: for a person, or as one JSON object each for whatever collects them.

Both are made of the same fields, whoever writes: Django, Celery, gunicorn or this product.
"""

import logging
from typing import Any

import structlog

from paragon_smtp.environment import Environment

FORMATS = ("console", "json")


def chosen(env: Environment) -> str:
    def parse(text: str) -> str:
        if text not in FORMATS:
            raise ValueError
        return text

    return env.parsed("LOG_FORMAT", "console", parse, " or ".join(FORMATS))


def formatter(kind: str) -> logging.Formatter:
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False) if kind == "json" else line
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(allow=("correlation_id", "queue_id", "method", "route", "status", "ms")),
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            structlog.processors.format_exc_info,
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )


def line(_logger: Any, _method: str, event: dict[str, Any]) -> str:
    """`time LEVEL logger: what happened [name=value …]`, and the traceback beneath."""
    head = f"{event.pop('time')} {event.pop('level').upper()} {event.pop('logger')}: {event.pop('event')}"
    trace = event.pop("exception", "")
    rest = " ".join(f"{name}={value}" for name, value in event.items() if value not in ("", None))
    return "\n".join(filter(None, [f"{head} [{rest}]" if rest else head, trace]))


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
        "formatters": {"chosen": {"()": "paragon_smtp.logs.formatter", "kind": kind}},
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

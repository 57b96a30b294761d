"""gunicorn's own lines in the form of all others: `--logger-class paragon_smtp.gunicorn_logger.WebLogger`."""

from typing import Any

from gunicorn.glogging import Logger

from paragon_smtp import logs
from paragon_smtp.environment import BASE_DIR, Environment


class WebLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """It writes before there are settings, and so asks the environment itself."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        formatter = logs.Formatter(logs.chosen(Environment(BASE_DIR / ".env")))
        for handler in self.error_log.handlers:
            handler.setFormatter(formatter)

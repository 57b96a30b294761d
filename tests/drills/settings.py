"""The project's settings, with waits that a drill can sit out. What the environment can shorten, it does."""

from paragon_smtp.settings import *  # noqa: F403
from paragon_smtp.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.drills.apps.ShortWaits"]

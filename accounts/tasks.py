"""What Celery calls. Thin: the database says what is to be done, and every task may run twice harmlessly."""

from celery import shared_task

from accounts import lifecycle, limits
from accounts.imports import running


@shared_task(name="accounts.tasks.run_imports")
def run_imports() -> None:
    """Add people for one slice of time; those who are left then are the next task's."""
    running.sweep()
    if running.run():
        running.nudge()


@shared_task(name="accounts.tasks.tidy")
def tidy() -> None:
    """End the locks whose time is over, also where nobody looks at the account, and forget old tries."""
    lifecycle.end_expired_locks()
    limits.sweep()

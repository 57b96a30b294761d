"""When a message that was refused for now is tried again: pauses that double, up to a longest, over a time in all."""

from datetime import timedelta

from django.conf import settings

FIRST, LONGEST, TOTAL = timedelta(minutes=1), timedelta(hours=4), timedelta(days=3)


def pauses() -> list[timedelta]:
    """One for each refusal; after the last one the message fails."""
    longest = getattr(settings, "RETRY_LONGEST_PAUSE", LONGEST)
    total = getattr(settings, "RETRY_FOR", TOTAL)
    found = [min(getattr(settings, "RETRY_FIRST_PAUSE", FIRST), longest)]
    while sum(found, timedelta()) < total:
        found.append(min(found[-1] * 2, longest))
    return found

"""What providers and servers are known to say: the first line that fits decides, the most specific subjects first."""

from __future__ import annotations

from notifications.diagnosis.known import access, client, limits, recipients, senders, sign_in
from notifications.diagnosis.wording import Wording
from notifications.smtp.values import Reply, Stage

WORDINGS: tuple[Wording, ...] = (
    *client.LINES,
    *sign_in.LINES,
    *limits.LINES,
    *senders.LINES,
    *access.LINES,
    *recipients.LINES,
)


def meaning_of(stage: Stage, reply: Reply) -> str | None:
    """The cause that a known wording names, or None."""
    return next((line.cause for line in WORDINGS if line.fits(stage, reply)), None)

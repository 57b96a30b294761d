"""What a reply's words mean: first those that are known of a provider or server, then the usual ones."""

from __future__ import annotations

from notifications.diagnosis.known import google, microsoft, providers, servers
from notifications.diagnosis.usual import access, client, limits, recipients, senders, sign_in
from notifications.diagnosis.wording import Wording
from notifications.smtp.values import Reply, Stage

KNOWN: tuple[Wording, ...] = (*google.LINES, *microsoft.LINES, *providers.LINES, *servers.LINES)
# The first line that fits decides, so the subjects come in the order of how much their words leave open.
USUAL: tuple[Wording, ...] = (
    *client.LINES,
    *sign_in.LINES,
    *limits.LINES,
    *senders.LINES,
    *access.LINES,
    *recipients.LINES,
)


def meaning_of(stage: Stage, reply: Reply) -> str | None:
    """The cause that a wording names, or None."""
    return next((line.cause for line in (*KNOWN, *USUAL) if line.fits(stage, reply)), None)

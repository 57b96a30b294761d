"""A conversation with a mail server: what is said, and what came of it. What a failure means is `diagnosis`'s.

Knows nothing of Django or of the rest of the project.
"""

from notifications.smtp.commands import Dotted, data_of, dotted_lines
from notifications.smtp.connections import Connections, Event
from notifications.smtp.failure import Certificate, Evidence, Fault, SessionFailure
from notifications.smtp.rules import Rules
from notifications.smtp.session import Session
from notifications.smtp.transcript import Transcript
from notifications.smtp.values import (
    Accepted,
    Envelope,
    Observer,
    Outcome,
    Reply,
    Server,
    Stage,
    StageResult,
    TLSMode,
    stages_of,
)

__all__ = [
    "Accepted",
    "Certificate",
    "Connections",
    "Dotted",
    "Envelope",
    "Event",
    "Evidence",
    "Fault",
    "Observer",
    "Outcome",
    "Reply",
    "Rules",
    "Server",
    "Session",
    "SessionFailure",
    "Stage",
    "StageResult",
    "TLSMode",
    "Transcript",
    "data_of",
    "dotted_lines",
    "stages_of",
]

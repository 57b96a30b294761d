"""A file that is written while it is sent, so that no memory grows with it."""

from collections.abc import Iterable

from django.http import StreamingHttpResponse
from django.utils import timezone

TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}


def download(name: str, ending: str, lines: Iterable[str]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(lines, content_type=TYPES[ending])
    response["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate():%Y-%m-%d}.{ending}"'
    return response

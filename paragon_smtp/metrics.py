"""`/metrics`: figures in Prometheus form, asked from the database when somebody asks; every process answers alike.

`docs/monitoring.md` says what each one means, and `docs/alerts.yml` when to wake somebody.
"""

from collections.abc import Callable, Iterator

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder

from notifications import queue
from notifications.models import Notification
from notifications.operation import figures, heartbeats, server_check
from notifications.operation.models import Worker
from paragon_smtp import readiness
from settings_app.models import SMTPSettings

PREFIX = "paragon_smtp_"


class Collector:
    """Asks for everything anew; one that is registered once serves for ever."""

    def collect(self) -> Iterator[Metric]:
        for part in PARTS:
            yield from part()

    def describe(self) -> list[Metric]:
        return []  # else the registry would ask the database when this is registered


def render(accept: str) -> tuple[bytes, str]:
    """The figures, and their content type."""
    encode, content_type = choose_encoder(accept)
    return encode(_REGISTRY), content_type


def _gauge(name: str, meaning: str, labels: tuple[str, ...] = ()) -> GaugeMetricFamily:
    return GaugeMetricFamily(PREFIX + name, meaning, labels=labels)


def checks() -> Iterator[Metric]:
    gauge = _gauge("check", "1 while this check of /readyz is well, 0 while it is not.", ("name",))
    for finding in readiness.findings():
        gauge.add_metric([finding.name], float(finding.status == readiness.OK))
    yield gauge


def outbox() -> Iterator[Metric]:
    rows = Notification.objects.filter(state__in=Notification.OPEN).order_by().values_list("state")
    found = {state: (count, oldest) for state, count, oldest in rows.annotate(Count("pk"), Min("created_at"))}
    depth = _gauge("notifications", "Notifications that have not ended, by state.", ("state",))
    for state in Notification.OPEN:
        depth.add_metric([str(state)], found.get(state, (0, None))[0])
    yield depth
    oldest = min((row[1] for row in found.values()), default=None)
    age = (timezone.now() - oldest).total_seconds() if oldest else 0.0
    waiting = _gauge("oldest_notification_seconds", "Age of the oldest notification that has not ended; 0 with none.")
    waiting.add_metric([], max(0.0, age))
    yield waiting


def deliveries() -> Iterator[Metric]:
    totals = figures.totals()
    attempts = CounterMetricFamily(
        PREFIX + "attempts", "Attempts to deliver a notification, by outcome and cause.", labels=("outcome", "cause")
    )
    for key, count in sorted(totals.attempts.items()):
        outcome, _, cause = key.partition(" ")
        attempts.add_metric([outcome, cause], count)
    yield attempts
    took = HistogramMetricFamily(
        PREFIX + "delivery_seconds", "From the event that a notification tells of until the server has accepted it."
    )
    buckets = [(str(limit), float(count)) for limit, count in zip(figures.BUCKETS, totals.within, strict=True)]
    took.add_metric([], [*buckets, ("+Inf", float(totals.delivered))], totals.seconds)
    yield took


def hold() -> Iterator[Metric]:
    status = queue.status()
    held = status.state == "held"
    gauge = _gauge("held", "1 while mail is held, with the cause.", ("cause",))
    gauge.add_metric([status.cause if held else ""], float(held))
    yield gauge
    since = _gauge("held_seconds", "For how long mail has been held; 0 while it flows.")
    since.add_metric([], (timezone.now() - status.since).total_seconds() if held and status.since else 0.0)
    yield since


def workers() -> Iterator[Metric]:
    saved = _gauge("settings_version", "How often the SMTP settings were saved.")
    saved.add_metric([], SMTPSettings.load().version)
    yield saved
    present = dict(heartbeats.present().order_by().values_list("kind").annotate(Count("pk")))
    count = _gauge("processes", "Processes that were seen within the last minute, by kind.", ("kind",))
    for kind in Worker.Kind.values:
        count.add_metric([kind], present.get(kind, 0))
    yield count
    seen = _gauge("process_last_seen_timestamp_seconds", "When a process was last seen.", ("kind", "process"))
    version = _gauge("worker_settings_version", "The version of the SMTP settings that a worker uses.", ("process",))
    for worker in Worker.objects.all():
        seen.add_metric([worker.kind, worker.name], worker.seen.timestamp())
        if worker.kind == Worker.Kind.DELIVERY and worker.settings_version:
            version.add_metric([worker.name], worker.settings_version)
    yield seen
    yield version


def mail_server() -> Iterator[Metric]:
    found = server_check.outlook()
    if found.at:
        well = _gauge("server_check", "1 when the server took the last sign-in without a message.", ("cause",))
        well.add_metric([found.cause], float(not found.cause))
        yield well
        at = _gauge("server_check_timestamp_seconds", "When that was.")
        at.add_metric([], found.at.timestamp())
        yield at
    if found.days_left is not None:
        days = _gauge("certificate_days_left", "Until the first certificate of the server's chain ends.")
        days.add_metric([], found.days_left)
        yield days
    changed = _gauge("settings_changed_since_test", "1 while nothing has shown that the saved settings work.")
    changed.add_metric([], float(found.changed_since_proven))
    yield changed


PARTS: tuple[Callable[[], Iterator[Metric]], ...] = (checks, outbox, deliveries, hold, workers, mail_server)

_REGISTRY = CollectorRegistry()
_REGISTRY.register(Collector())

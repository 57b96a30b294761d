"""The outbox against what a Django project could use instead: django-post_office, and plain EmailMultiAlternatives.

Everything in the same run, against Postfix's smtp-sink, on one PostgreSQL: see docs/benchmarks.md.
"""

from benchmarks.outbox import backlog, enqueue, latency, throughput

__all__ = ["backlog", "enqueue", "latency", "throughput"]

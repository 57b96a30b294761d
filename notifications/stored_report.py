"""The report of a test as it is stored: its JSON form, a public contract, and beside it what people are shown."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone

from notifications import worker
from notifications.probe import Report
from notifications.smtp import Stage, StageResult
from notifications.smtp.chain import Link
from notifications.telling import languages, tell
from settings_app.models import SMTPSettings

BESIDE_THE_CONTRACT = ("title", "remedies", "proposals", "chain", "ran", "told")


def stored_form(report: Report) -> dict[str, Any]:
    """The JSON form of the report, and what only the page shows: the headline, the remedy in parts, the proposals."""
    return report.as_json() | {
        "title": report.diagnosis.title if report.diagnosis else "",
        "remedies": report.all_remedies,
        "proposals": [asdict(proposal) for proposal in report.proposals],
        "told": _told(report),
        "chain": [_link_as_json(link, fault) for link, fault in zip(report.chain, faults_of(report), strict=True)],
    }


def _told(report: Report) -> dict[str, dict[str, Any]]:
    """What people read of it, in each language; the server's words stand beside the explanation."""
    found = report.diagnosis
    if found is None:
        return {}
    in_each = {}
    for code in languages():
        remedies = [*report.advice.get(code, ()), *map(tell, report.remedies)]
        in_each[code] = {
            "title": tell(found.title),
            "explanation": tell(found.explanation.without("said")),
            "remedy": " ".join(remedies),
            "remedies": remedies,
            "labels": [tell(proposal.label) for proposal in report.proposals],
        }
    return in_each


def public_form(stored: dict[str, Any]) -> dict[str, Any]:
    """The JSON form alone, out of the stored one."""
    return {name: value for name, value in stored.items() if name not in BESIDE_THE_CONTRACT}


def stage_as_json(result: StageResult) -> dict[str, Any]:
    values = asdict(result)
    return {"name": values.pop("stage").value, **values}


def circumstances(report: Report) -> dict[str, Any]:
    """Who ran a test, and what the network looked like from there: where a worker and `--direct` may differ."""
    return {
        "by": worker.NAME,
        "settings_version": SMTPSettings.current_version(),
        "resolved": next((result.detail for result in report.stages if result.stage is Stage.RESOLVE), ""),
        "left_from": report.left_from,
        "reached": report.ip,
    }


def faults_of(report: Report) -> list[str]:
    """For each certificate of the chain, what is wrong with it: the cause without its "tls.", or nothing."""
    cause = report.diagnosis.cause if report.diagnosis else ""
    return [
        cause.removeprefix("tls.") if _is_at_fault(cause, link, own=number == 0) else ""
        for number, link in enumerate(report.chain)
    ]


def _is_at_fault(cause: str, link: Link, *, own: bool) -> bool:
    now, certificate = timezone.now(), link.certificate
    found = {
        "tls.untrusted": link.untrusted,
        "tls.expired": certificate.not_after < now,
        "tls.not_yet_valid": certificate.not_before > now,
        "tls.name_mismatch": own,
        "tls.weak_certificate": link.weak,
    }
    return found.get(cause, False)


def _link_as_json(link: Link, fault: str) -> dict[str, Any]:
    certificate = link.certificate
    return {
        "name": ", ".join(certificate.names[:3]) or certificate.subject,
        "issuer": certificate.issuer,
        "self_signed": certificate.self_signed,
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
        "fingerprint": link.fingerprint,
        "fault": fault,
    }

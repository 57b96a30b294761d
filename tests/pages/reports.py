"""What tests of the settings came to, as the example of the pages stores them: one delivered, one refused."""

from typing import Any


def stages(*details: str, failed: bool = False) -> list[dict[str, Any]]:
    names = ("resolve", "connect", "greeting", "tls", "authenticate", "sender", "recipient", "message")
    took = (1.9, 0.4, 12.1, 38.6, 471.2, 8.0, 15.3, 64.0)
    last = len(details) - 1
    return [
        {
            "name": name,
            "status": "skipped" if number > last else "failed" if failed and number == last else "ok",
            "elapsed_ms": None if number > last else took[number],
            "detail": "" if number > last else details[number],
        }
        for number, name in enumerate(names)
    ]


SERVER = {"address": "mail.corp.example", "port": 587, "ip": "192.0.2.25", "tls_mode": "starttls"}
OPENING = [
    "S: 220 mail.corp.example ESMTP Postfix",
    "C: EHLO portal.corp.example",
    "S: 250-mail.corp.example",
    "S: 250 STARTTLS",
    "C: STARTTLS",
    "S: 220 2.0.0 Ready to start TLS",
]
REACHED = ("192.0.2.25", "192.0.2.25 port 587", "Postfix; STARTTLS, PIPELINING, SIZE 50 MB")
DELIVERED = {
    "delivered": True,
    "cause": None,
    "stage": "message",
    "title": "",
    "explanation": "",
    "remedy": "",
    "server": SERVER,
    "reply": {"code": 250, "enhanced": "2.0.0", "text": "Ok: queued as 4Xk2Tq3mZ8z1y"},
    "message_id": "<176382.4051@corp.example>",
    "queue_id": "4Xk2Tq3mZ8z1y",
    "stages": stages(
        *REACHED,
        "TLS 1.3; certificate for mail.corp.example, valid until 3 March 2027",
        "SCRAM-SHA-256 as portal@corp.example",
        "noc@corp.example",
        "ingrid.solberg@corp.example",
        "250 2.0.0 Ok: queued as 4Xk2Tq3mZ8z1y",
    ),
    "transcript": OPENING,
}
UNTRUSTED = DELIVERED | {
    "delivered": False,
    "cause": "tls.untrusted",
    "stage": "tls",
    "title": "the certificate is not trusted",
    "explanation": "mail.corp.example showed a certificate signed by “Corp Root CA”, an authority that this system "
    "does not know. The connection was ended before the password was sent.",
    "remedy": "If “Corp Root CA” is your own authority, put its certificate into CA Certificate under Advanced.",
    "reply": None,
    "queue_id": None,
    "stages": stages(*REACHED, "Handshake ended: self-signed certificate in certificate chain", failed=True),
}

"""What was sent travels through a question sealed, inside the page that asks: nothing of it is stored anywhere.

Who asks says what it is bound to, and so who may open it where.
"""

import base64
import json
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken
from django.http import QueryDict
from django.utils.crypto import salted_hmac

CARRIED_FOR = 3600  # seconds


def seal(sent: QueryDict, bound_to: list[str]) -> str:
    fields = {name: values for name, values in sent.lists() if name != "csrfmiddlewaretoken"}
    return _fernet().encrypt(json.dumps([bound_to, fields]).encode()).decode()


def unseal(token: str, bound_to: Sequence[str | None]) -> QueryDict | None:
    """What was sent; None when it is too old, or was bound to something else. A None among those fits anything."""
    try:
        sealed_to, sent = json.loads(_fernet().decrypt(token.encode(), ttl=CARRIED_FOR))
    except (InvalidToken, UnicodeError):
        return None
    fits = [mine in (None, its) for its, mine in zip(sealed_to, bound_to, strict=False)]
    if len(sealed_to) != len(bound_to) or not all(fits):
        return None
    carried = QueryDict(mutable=True)
    for name, values in sent.items():
        carried.setlist(name, values)
    carried._mutable = False
    return carried


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(salted_hmac("accounts.sudo", "", algorithm="sha256").digest()))

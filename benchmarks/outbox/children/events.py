"""For each line on standard input an account e-mail, as a request makes it; prints when the event began."""

import sys
import time

from django.db import transaction

from accounts.models import User
from benchmarks.outbox.children.facts import LOCKED
from notifications import emails

user = User.objects.get()
for _line in sys.stdin:
    print(time.monotonic(), flush=True)
    with transaction.atomic():
        emails.account_locked(user, **LOCKED)

"""Put a notification for each of so many users into the outbox, in one transaction: `fill NUMBER`."""

import json
import sys

from django.db import transaction

from accounts.models import User
from benchmarks.outbox.children.facts import LOCKED
from notifications import emails

with transaction.atomic():
    people = User.objects.order_by("pk")[: int(sys.argv[1])]
    for user in people:
        emails.account_locked(user, **LOCKED)
json.dump({"queued": len(people)}, sys.stdout)

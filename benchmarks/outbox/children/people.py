"""Make so many active users: `people NUMBER`."""

import json
import sys

from django.utils import timezone

from accounts.models import State, User

number = int(sys.argv[1])
User.objects.bulk_create(
    [
        User(email=f"person{n}@example.com", name=f"Person {n}", state=State.ACTIVE, is_active=True,
             activated_at=timezone.now(), password="!")
        for n in range(number)
    ],
    batch_size=1000,
)  # fmt: skip
json.dump({"people": number}, sys.stdout)

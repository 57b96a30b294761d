"""Plain Django: EmailMultiAlternatives to so many users over one connection. `plain NUMBER PORT`."""

import json
import sys
import time

from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string

from accounts.models import User
from benchmarks.outbox.children.context import context_of

number, port = int(sys.argv[1]), int(sys.argv[2])
people = list(User.objects.order_by("pk")[:number])
started = time.monotonic()
connection = get_connection(
    "django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=port, username="", password="", use_tls=False
)
connection.open()
for user in people:
    context = context_of(user)
    message = EmailMultiAlternatives(
        render_to_string("emails/account_locked.subject.txt", context).strip(),
        render_to_string("emails/account_locked.txt", context),
        "Portal <portal@example.com>",
        [user.email],
        connection=connection,
    )
    message.attach_alternative(render_to_string("emails/account_locked.html", context), "text/html")
    message.send()
connection.close()
json.dump({"started": started, "sent": number}, sys.stdout)

"""Queue so many e-mails with django-post_office, to be rendered on delivery: `post_office_fill NUMBER`."""

import json
import sys

from post_office import mail
from post_office.models import EmailTemplate

from accounts.models import User
from benchmarks.outbox.children.context import context_of


def include(name: str) -> str:
    return '{% include "emails/' + name + '" %}'


template, _made = EmailTemplate.objects.get_or_create(
    name="account_locked",
    defaults={
        "subject": "Your account is locked",
        "content": include("account_locked.txt"),
        "html_content": include("account_locked.html"),
    },
)
people = User.objects.order_by("pk")[: int(sys.argv[1])]
contexts = []
for user in people:
    # A context is stored as JSON: without the user, and with times as texts, which costs the templates less.
    told = {name: value for name, value in context_of(user).items() if name != "user"}
    contexts.append((user, json.loads(json.dumps(told, default=str))))
common = {"sender": "Portal <portal@example.com>", "template": template, "render_on_delivery": True}
mail.send_many([{"recipients": user.email, "context": context, **common} for user, context in contexts])
json.dump({"queued": len(contexts)}, sys.stdout)

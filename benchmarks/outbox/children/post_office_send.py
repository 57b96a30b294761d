"""Send what django-post_office has queued, with two processes, as its command does."""

import json
import logging
import sys
import time

from django.conf import settings
from post_office.mail import send_queued_mail_until_done
from post_office.models import STATUS, Email

logging.disable(logging.INFO)  # it tells of each batch
started = time.monotonic()
send_queued_mail_until_done(lockfile=str(settings.DATA_DIR / "post_office"), processes=2)
json.dump({"started": started, "sent": Email.objects.filter(status=STATUS.sent).count()}, sys.stdout)

"""What every test shares. The environment is set before Django reads its settings."""

import os
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet

_folder = tempfile.mkdtemp(prefix="paragon-tests-")
os.environ.setdefault("DATA_DIR", _folder)
os.environ.setdefault("SECRET_KEY", "the tests' own key, used nowhere else")
os.environ.setdefault("SMTP_ENCRYPTION_KEYS", Fernet.generate_key().decode())
# Chromium's driver keeps an event loop running in the thread of the test, which Django takes for an async view.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
Path(_folder).chmod(0o700)

pytest_plugins = ["tests.servers.plugin"]

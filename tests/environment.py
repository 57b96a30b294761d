"""The environment of every test. pytest loads this file first (`-p` in pyproject.toml), before Django reads its
settings; a `conftest.py` comes too late for that.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet

_folder = tempfile.mkdtemp(prefix="paragon-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
Path(_folder).chmod(0o700)
# A developer's own settings must not change what the tests see.
for _name in (
    "DATABASE_URL",
    "REDIS_URL",
    "PORTAL_URL",
    "ALLOWED_HOSTS",
    "PRODUCT_NAME",
    "DEBUG",
    "PORT",
    "SMTP_SERVER_ADDRESS",
):
    os.environ.pop(_name, None)
# TEST_DATABASE_URL has the tests run on that PostgreSQL server, in a database of their own.
if _url := os.environ.get("TEST_DATABASE_URL"):
    os.environ |= {"DATABASE_URL": _url, "PORTAL_URL": "http://localhost:8000"}
os.environ["DATA_DIR"] = _folder
os.environ["SECRET_KEY"] = "the tests' own key, used nowhere else"
os.environ["SMTP_ENCRYPTION_KEYS"] = Fernet.generate_key().decode()
# Chromium's driver keeps an event loop running in the thread of the test, which Django takes for an async view.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

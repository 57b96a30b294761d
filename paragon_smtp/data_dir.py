"""DATA_DIR: the folder that holds what the embedded default keeps, and the keys that it makes for itself.

Made by `run`, `setup` and `migrate` only, never by importing the settings: two processes that start at once must not
invent two keys, and a command that only asks must not write.
"""

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from paragon_smtp.environment import BASE_DIR, Environment

SECRET_KEY_FILE = "secret_key"  # noqa: S105  the name of a file
ENCRYPTION_KEYS_FILE = "smtp_encryption_keys"


def location(env: Environment) -> Path:
    return Path(env.text("DATA_DIR") or BASE_DIR / "var").expanduser().absolute()


def prepare_from_environment() -> None:
    """Prepare DATA_DIR before the settings read the keys; an installation that names its own database has no use for it."""
    env = Environment(BASE_DIR / ".env")
    if not (env.text("DATABASE_URL") or env.text("REDIS_URL")):
        prepare(location(env))


def prepare(folder: Path) -> None:
    """Make the folder (mode 0700) and the missing keys in it (mode 0600)."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_once(folder / SECRET_KEY_FILE, secrets.token_urlsafe(50))
        write_once(folder / ENCRYPTION_KEYS_FILE, Fernet.generate_key().decode())
    except OSError as error:
        raise ImproperlyConfigured(
            f"DATA_DIR {str(folder)!r} cannot be used: {error.strerror}. "
            "Give it to this user, or set DATA_DIR to a folder that this user may write."
        ) from None


def write_once(path: Path, text: str) -> bool:
    """Write `text` into a new file that only its owner may read; False when the file is there already."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w") as file:
        file.write(text)
    return True


def read_key(path: Path) -> str:
    """The key in the file, or an empty string where there is none yet."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise ImproperlyConfigured(f"The key file {str(path)!r} cannot be read: {error.strerror}.") from None

"""DATA_DIR: the folder that holds what the embedded default keeps, and the keys that it makes for itself.

Made by `run`, `setup` and `migrate` only, never by importing the settings: two processes that start at once must not
invent two keys, and a command that only asks must not write.
"""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from paragon_smtp.environment import BASE_DIR, Environment

SECRET_KEY_FILE = "secret_key"  # noqa: S105  the name of a file
ENCRYPTION_KEYS_FILE = "smtp_encryption_keys"
MAKERS = {"run", "setup", "migrate"}


def location(env: Environment) -> Path:
    return Path(env.text("DATA_DIR") or BASE_DIR / "var").expanduser().absolute()


def prepare_for(command: str) -> None:
    """Prepare DATA_DIR before the settings read the keys, as far as this command needs it.

    An installation that names its own database and broker gets no keys made for it, and only `run` keeps files then.
    """
    env = Environment(BASE_DIR / ".env")
    own_database, own_broker = bool(env.text("DATABASE_URL")), bool(env.text("REDIS_URL"))
    if command in MAKERS and (command == "run" or not own_database):
        os.umask(0o077)  # also the database, which holds password hashes, is for this user alone
        prepare(location(env), keys=not (own_database or own_broker))


def prepare(folder: Path, *, keys: bool = True) -> None:
    """Make the folder (mode 0700) and the missing keys in it (mode 0600)."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        strangers = [path for path in own_files(folder) if path.lstat().st_uid != os.geteuid()]
        if not strangers and keys:
            write_once(folder / SECRET_KEY_FILE, secrets.token_urlsafe(50))
            write_once(folder / ENCRYPTION_KEYS_FILE, Fernet.generate_key().decode())
    except OSError as error:
        raise ImproperlyConfigured(
            f"DATA_DIR {str(folder)!r} cannot be used: {error.strerror}. "
            "Give it to this user, or set DATA_DIR to a folder that this user may write."
        ) from None
    if strangers:
        # The superuser could write there, and the owner could then no longer start.
        raise ImproperlyConfigured(
            f"DATA_DIR {str(folder)!r} cannot be used: {strangers[0].name!r} in it belongs to another user. "
            "Start as that user, give the whole folder to this one, or set DATA_DIR to a folder of this user."
        )


def own_files(folder: Path) -> Iterator[Path]:
    """The folder and what is kept in it, without the inbox's messages and the broker's queue: there may be many."""
    yield folder
    yield from folder.iterdir()
    for name in ("broker", "logs", "run"):
        if (folder / name).is_dir():
            yield from (folder / name).iterdir()


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
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ImproperlyConfigured(f"The key file {str(path)!r} cannot be read: {reason}.") from None

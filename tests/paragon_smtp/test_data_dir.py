import os
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from paragon_smtp import broker, data_dir


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_folder_and_its_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "var"
    data_dir.prepare(folder)
    assert mode(folder) == 0o700
    assert {path.name: mode(path) for path in folder.iterdir()} == {"secret_key": 0o600, "smtp_encryption_keys": 0o600}
    assert len(data_dir.read_key(folder / "secret_key")) >= 50
    Fernet(data_dir.read_key(folder / "smtp_encryption_keys"))


def test_keys_that_are_there_stay(tmp_path: Path) -> None:
    data_dir.prepare(tmp_path)
    before = [data_dir.read_key(path) for path in sorted(tmp_path.iterdir())]
    data_dir.prepare(tmp_path)
    assert [data_dir.read_key(path) for path in sorted(tmp_path.iterdir())] == before


def test_a_file_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    with pytest.raises(ImproperlyConfigured, match=r"^DATA_DIR '.*var' cannot be used: .*set DATA_DIR to a folder"):
        data_dir.prepare(tmp_path / "var")


def test_a_place_where_nothing_can_be_made_is_told() -> None:
    with pytest.raises(ImproperlyConfigured, match="^DATA_DIR '/proc/paragon' cannot be used: No such file"):
        data_dir.prepare(Path("/proc/paragon"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can give files away")
def test_files_of_another_user_are_told_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "db.sqlite3").write_text("")
    os.chown(tmp_path / "db.sqlite3", 65534, 65534)
    with pytest.raises(ImproperlyConfigured, match=r"'db\.sqlite3' in it belongs to another user"):
        data_dir.prepare(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["db.sqlite3"]


def test_the_broker_s_socket_has_a_way_round_a_long_path(tmp_path: Path) -> None:
    short, long = tmp_path / "x", tmp_path / ("long " * 30)
    assert broker.socket_path(Path("/srv/paragon")) == Path("/srv/paragon/broker/valkey.sock")
    assert len(os.fsencode(broker.socket_path(long))) <= broker.SOCKET_PATH_LIMIT
    assert broker.socket_path(long) == broker.socket_path(long) != broker.socket_path(long / "other")
    assert broker.url(short).startswith(("redis+socket:///", "filesystem://"))

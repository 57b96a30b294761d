"""Behind a real nginx with the configuration of `deploy/`, at the root of a host and below a path."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from paragon_smtp.environment import BASE_DIR
from paragon_smtp.supervisor import Program, Supervisor
from tests.end_to_end.client import Browser
from tests.servers.need import need
from tests.servers.processes import free_port, listening

pytestmark = pytest.mark.timeout(120)

PASSWORD = "an administrator's own 1"
SETTINGS = "/administration/authentication/smtp-settings/"


@dataclass(frozen=True, slots=True)
class Portal:
    port: int
    web: int
    prefix: str
    environment: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}{self.prefix}"

    def ask(self, path: str, port: int = 0) -> HTTPResponse:
        with closing(HTTPConnection("localhost", port or self.port, timeout=20)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            return answer

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=BASE_DIR, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout


def nginx_configuration(folder: Path, portal: Portal, strips: bool) -> Path:
    """The file of `deploy/`, with this test's ports and without TLS."""
    text = (BASE_DIR / "deploy/nginx/paragon-smtp.conf").read_text()
    text = text.replace("listen 443 ssl;", f"listen 127.0.0.1:{portal.port};")
    text = re.sub(r"\n *ssl_certificate[^\n]*", "", text)
    text = text.replace("location / {", f"location {portal.prefix}/ {{")
    target = f"http://127.0.0.1:{portal.web}"
    text = text.replace("http://127.0.0.1:8000", f"{target}/" if strips else target)
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy"))
    for kind in ("fastcgi", "uwsgi", "scgi"):
        temporary += f"{kind}_temp_path {folder}/{kind};"
    whole = f"pid {folder}/pid; daemon off; error_log stderr; events {{}} http {{ access_log off; {temporary} {text} }}"
    (folder / "nginx.conf").write_text(whole)
    return folder / "nginx.conf"


@pytest.fixture(
    scope="module",
    params=[("", False), ("/paragon", False), ("/tools/paragon", True)],
    ids=["at the root", "below a path", "below a path that the proxy strips"],
)
def portal(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    nginx = need(shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"), "nginx")
    prefix, strips = request.param
    folder = tmp_path_factory.mktemp("proxy")
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"], "DATA_DIR": str(folder / "var"), "TRUST_PROXY": "on",
        "PORTAL_URL": f"http://localhost:{port}{prefix}", "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
    }  # fmt: skip
    portal = Portal(port, free_port(), prefix, environment)
    portal.manage("migrate", "--verbosity=0")
    portal.manage("createsuperuser", "--noinput", "--email=root@example.com")
    gunicorn = ["-m", "gunicorn", "paragon_smtp.wsgi", "--no-control-socket", "--bind", f"127.0.0.1:{portal.web}"]
    programs = [
        Program(
            "web",
            ["env", "-C", str(BASE_DIR), "-i", *(f"{name}={value}" for name, value in environment.items()),
             sys.executable, *gunicorn],
            folder / "web.log",
            ready=lambda: listening(portal.web),
        ),
        Program(
            "nginx",
            [nginx, "-p", str(folder), "-c", str(nginx_configuration(folder, portal, strips))],
            folder / "nginx.log",
            ready=lambda: listening(port),
        ),
    ]  # fmt: skip
    supervisor = Supervisor(programs, print)
    try:
        supervisor.start()
        yield portal
    finally:
        supervisor.stop()


def test_somebody_signs_in_and_saves(portal: Portal) -> None:
    browser = Browser(portal.url)
    page = browser.get(f"{portal.prefix}/")
    assert page.url.startswith(f"{portal.url}/sign-in/")
    page = browser.press(page, "Sign in", {"username": "root@example.com", "password": PASSWORD})
    assert page.url == f"{portal.url}{SETTINGS}"
    changes = {"server_address": "mail.example.com", "authentication": None, "from_name": "NOC",
               "from_email": "noc@example.com"}  # fmt: skip
    page = browser.press(page, "Save", changes)
    assert (page.status, page.url) == (200, f"{portal.url}{SETTINGS}")
    assert "SMTP settings saved." in page
    assert {cookie.path for cookie in browser.cookies} == {f"{portal.prefix}/"}


def test_static_files_are_found(portal: Portal) -> None:
    page = Browser(portal.url).get(f"{portal.prefix}/sign-in/")
    sheets = re.findall(r'href="([^"]+\.css)"', page.source)
    assert sheets
    for sheet in sheets:
        assert sheet.startswith(f"{portal.prefix}/static/")
        assert Browser(portal.url).get(sheet).status == 200


def test_every_link_of_a_page_stays_in_the_portal(portal: Portal) -> None:
    page = Browser(portal.url).get(f"{portal.prefix}/sign-in/")
    targets = re.findall(r'(?:href|action|src)="(/[^"]*)"', page.source)
    assert targets
    assert [target for target in targets if not target.startswith(f"{portal.prefix}/")] == []


def test_links_of_e_mails_lead_into_the_portal_from_any_thread(portal: Portal) -> None:
    script = (
        "import threading; from accounts.links import sign_in_path; from notifications import links;"
        "t = threading.Thread(target=lambda: print(links.whole(sign_in_path()))); t.start(); t.join();"
        "print(links.whole(sign_in_path()))"
    )
    told = portal.manage("shell", "--no-imports", "-c", script).split()
    assert told == [f"{portal.url}/sign-in/"] * 2


def test_machines_ask_the_process_itself_and_the_world_is_not_let_through(portal: Portal) -> None:
    assert portal.ask("/healthz", portal.web).status == 200
    assert portal.ask("/readyz", portal.web).status == 200
    assert portal.ask(f"{portal.prefix}/healthz").status == 200
    assert portal.ask(f"{portal.prefix}/readyz").status == 404
    assert portal.ask(f"{portal.prefix}/metrics").status == 404


def test_name_of_a_request_comes_from_the_proxy(portal: Portal) -> None:
    assert re.fullmatch("[0-9a-f]{32}", portal.ask(f"{portal.prefix}/sign-in/").headers["X-Request-ID"])

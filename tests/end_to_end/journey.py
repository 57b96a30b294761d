"""What an administrator and a user do in the portal, step by step, wherever it runs. Knows only pages and e-mails."""

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from tests.end_to_end.client import Browser, Page
from tests.servers.processes import wait_for

SETTINGS = "/administration/authentication/smtp-settings/"
USERS = "/administration/user-management/users/"
FIRST_PASSWORD, SECOND_PASSWORD = "correct horse battery 1", "staple correct horse 2"


class Mailbox:
    """The folder in which the inbox keeps what it received."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def messages(self, to: str) -> list[EmailMessage]:
        """In the order in which they came."""
        found = []
        for path in sorted(self.folder.glob("[0-9]*.eml")):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if message["Delivered-To"] == to:
                found.append(message)
        return found

    def subjects(self, to: str) -> list[str]:
        return [str(message["Subject"]) for message in self.messages(to)]

    def wait_for(self, to: str, subject: str, seconds: float = 40) -> EmailMessage:
        wait_for(lambda: subject in self.subjects(to), f"{subject!r} for {to}; there is {self.subjects(to)}", seconds)
        return next(message for message in self.messages(to) if message["Subject"] == subject)


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None, f"{message['Subject']!r} has no {kind} part"
    return str(part.get_content())


def sign_in(browser: Browser, address: str, password: str) -> Page:
    page = browser.get("/sign-in/")
    return browser.press(page, "Sign in", {"username": address, "password": password})


def settings_for(address: str) -> dict[str, str | None]:
    """What the form gets for a server without TLS and authentication, `host:port`."""
    host, _, port = address.rpartition(":")
    switches = {"use_tls": None, "authentication": None}
    return {
        "server_address": host,
        "port": port,
        "from_name": "Paragon",
        "from_email": "paragon@example.com",
    } | switches


def save_settings(browser: Browser, address: str) -> None:
    page = browser.press(browser.get(SETTINGS), "Save", settings_for(address))
    assert "SMTP settings saved." in page


def send_test(browser: Browser, recipient: str) -> Page:
    """Send a test e-mail with the saved settings and wait for its result, as somebody without scripts does."""
    page = browser.press(browser.get(SETTINGS), "Send Test E-mail", {"recipient": recipient})
    assert page.status == 200
    shown = [page]

    def ended() -> bool:
        shown[0] = browser.get(page.url)
        return "Delivered" in shown[0] or "Not delivered" in shown[0] or "Not tested" in shown[0]

    wait_for(ended, f"the result of the test on {page.url}")
    return shown[0]


@dataclass(slots=True)
class Journey:
    """The life of one account, with the e-mails that tell of it."""

    administrator: Browser
    mailbox: Mailbox
    portal_url: str
    address: str
    product: str = "Paragon Automation"
    account: str = ""

    def user_is_added(self) -> EmailMessage:
        page = self.administrator.get(f"{USERS}add/")
        page = self.administrator.press(page, "Add user", {"email": self.address, "name": "Ada"})
        self.account = page.url
        assert re.search(r"/users/\d+/$", self.account), page.text
        return self.mailbox.wait_for(self.address, f"Your account at {self.product}")

    def user_opens_the_link(self, created: EmailMessage) -> EmailMessage:
        (link,) = re.findall(rf"{re.escape(self.portal_url)}/activate/\S+", body(created, "plain"))
        assert link in body(created, "html")
        browser = Browser(self.portal_url)
        page = browser.get(link)
        passwords = {"new_password1": FIRST_PASSWORD, "new_password2": FIRST_PASSWORD}
        browser.press(page, "Set the password and activate", passwords)
        return self.mailbox.wait_for(self.address, "Your account is active")

    def user_is_locked(self) -> EmailMessage:
        for _ in range(5):
            page = sign_in(Browser(self.portal_url), self.address, "not the password 0")
            assert "do not match" in page
        locked = self.mailbox.wait_for(self.address, "Your account is locked")
        page = sign_in(Browser(self.portal_url), self.address, FIRST_PASSWORD)
        assert "do not match" in page, "a locked account let its owner in"
        return locked

    def administrator_unlocks(self) -> None:
        page = self.administrator.press(self.administrator.get(self.account), "Unlock")
        assert "is unlocked and can sign in again." in page

    def user_changes_the_password(self) -> EmailMessage:
        browser = Browser(self.portal_url)
        page = sign_in(browser, self.address, FIRST_PASSWORD)
        assert page.status == 200
        fields = {
            "old_password": FIRST_PASSWORD,
            "new_password1": SECOND_PASSWORD,
            "new_password2": SECOND_PASSWORD,
        }
        browser.press(browser.get("/password/change/"), "Change password", fields)
        return self.mailbox.wait_for(self.address, "Your password was changed")

    def all_of_it(self) -> None:
        created = self.user_is_added()
        messages = [created, self.user_opens_the_link(created), self.user_is_locked()]
        self.administrator_unlocks()
        messages.append(self.user_changes_the_password())
        for message in messages:
            assert self.portal_url in body(message, "plain")
            assert "<html" in body(message, "html")
        assert len({message["Message-ID"] for message in messages}) == 4
        subjects = self.mailbox.subjects(self.address)
        assert [subject for subject in subjects if subject != "Your account is unlocked"] == [
            f"Your account at {self.product}",
            "Your account is active",
            "Your account is locked",
            "Your password was changed",
        ]

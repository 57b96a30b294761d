"""Somebody at the pages, who asks for a new password for one account after another while things break."""

from __future__ import annotations

import http.client
import threading
import urllib.error

from tests.end_to_end.client import Browser

DONE = "Look into your mailbox"


class Visitor(threading.Thread):
    def __init__(self, origin: str, number: int) -> None:
        super().__init__(name="visitor", daemon=True)
        self._origin = origin
        self._number = number
        self._leave = threading.Event()
        self.promised: list[str] = []  # addresses for which the page said that it was done

    def run(self) -> None:
        for number in range(self._number):
            address = f"browsing{number:05}@example.com"
            try:
                browser = Browser(self._origin)
                page = browser.get("/password/forgotten/")
                if DONE in browser.press(page, "Send the link", {"email": address}):
                    self.promised.append(address)
            except (OSError, urllib.error.URLError, http.client.HTTPException, AssertionError):
                pass  # the page did not promise anything
            if self._leave.wait(0.7):
                return

    def leave(self) -> None:
        self._leave.set()
        self.join(35)

"""A mail server that may stop answering in the middle of a message, as one does whose filter has died."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from aiosmtpd.smtp import SMTP


class Hanging(SMTP):
    hangs: ClassVar[bool] = False

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        if Hanging.hangs:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            await asyncio.sleep(3600)
        await super().smtp_DATA(arg)

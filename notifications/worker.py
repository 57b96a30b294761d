"""Which process this is, as attempts and tests name it."""

import os
import socket

NAME = f"{socket.gethostname()}:{os.getpid()}"

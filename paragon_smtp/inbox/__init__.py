"""The local inbox of `make run`: an SMTP server on loopback, and a page that shows what it received."""

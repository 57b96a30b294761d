#!/usr/bin/env python
"""The command line of Paragon SMTP."""

import os
import sys

MAKES_DATA_DIR = {"run", "setup", "migrate"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paragon_smtp.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        if MAKES_DATA_DIR & set(sys.argv[1:2]):
            from paragon_smtp.data_dir import prepare_from_environment

            prepare_from_environment()
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Paragon SMTP cannot start: {error}")


if __name__ == "__main__":
    main()

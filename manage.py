#!/usr/bin/env python
"""The command line of Paragon SMTP."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paragon_smtp.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from paragon_smtp.data_dir import prepare_for

    try:
        prepare_for(sys.argv[1] if len(sys.argv) > 1 else "")
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Paragon SMTP cannot start: {error}")


if __name__ == "__main__":
    main()

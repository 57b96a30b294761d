"""What is run in processes of its own, in the environment of the installation that is measured. Each prints JSON."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paragon_smtp.settings")
django.setup()

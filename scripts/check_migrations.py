"""Fail when a model has changed and no migration says so. Needs no database."""

import os
import sys
import warnings

import django
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chejian.settings")
# the command would compare with a database's history; there is none to compare with
warnings.filterwarnings("ignore", message="Got an error checking a consistent migration history")
django.setup()
try:
    call_command("makemigrations", check=True, dry_run=True)
except SystemExit as missing:
    sys.exit(missing.code)

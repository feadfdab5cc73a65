"""What the web server loads in each of its workers."""

import os

from chejian.system import HERE

HERE.die_with_parent()  # a worker whose server was killed must not go on serving
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chejian.settings")

from django.core.wsgi import get_wsgi_application  # noqa: E402 - after the settings are named

application = get_wsgi_application()

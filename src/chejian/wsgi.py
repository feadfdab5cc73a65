"""What the web server loads in each of its workers."""

import gc
import os

from chejian.system import HERE

HERE.die_with_parent()  # a worker whose server was killed must not go on serving
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chejian.settings")

from django.core.wsgi import get_wsgi_application  # noqa: E402 - after the settings are named
from django.urls import get_resolver  # noqa: E402

application = get_wsgi_application()

# What is loaded now stays for good: the collector need not walk through it again and again while
# it looks for what a page has left behind. A page makes some ten thousand objects.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)

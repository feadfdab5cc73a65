"""All settings, read once from the environment and typed. Nothing secret has a default here."""

from pathlib import Path
from typing import Any

import pghistory
import pgtrigger
from django.utils.csp import CSP
from environs import Env

from chejian.database_url import django_database

env = Env()

# --- where things are ------------------------------------------------------------------------
PACKAGE: Path = Path(__file__).resolve().parent
DATA: Path = Path(env.str("CHEJIAN_DATA", "var")).resolve()


def secret(name: str, variable: str) -> str:
    """A secret from the environment, else from the file that the first start made."""
    given = env.str(variable, "")
    if given:
        return given
    file = DATA / "secrets" / name
    if file.is_file():
        return file.read_text(encoding="utf-8").strip()
    raise RuntimeError(f"No {variable} and no {file}: start Chejian once with `chejian up`.")


SECRET_KEY: str = secret("secret_key", "CHEJIAN_SECRET_KEY")
FIELD_KEY: str = secret("field_key", "CHEJIAN_FIELD_KEY")
DEBUG: bool = env.bool("CHEJIAN_DEBUG", False)
LAN: bool = env.bool("CHEJIAN_LAN", False)
ALLOWED_HOSTS: list[str] = (
    ["*"] if LAN else env.list("CHEJIAN_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
)
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CHEJIAN_TRUSTED_ORIGINS", [])
START_ID: str = env.str("CHEJIAN_START_ID", "")

# --- apps, floor by floor --------------------------------------------------------------------
CHEJIAN_APPS: list[str] = [
    "chejian.core",
    "chejian.accounts",
    "chejian.parties",
    "chejian.vehicles",
    "chejian.catalog",
    "chejian.books",
    "chejian.inventory",
    "chejian.workorders",
    "chejian.quality",
    "chejian.billing",
    "chejian.reports",
    "chejian.movein",
    "chejian.desk",
    "chejian.api",
    "chejian.demo",
]
INSTALLED_APPS: list[str] = [
    *CHEJIAN_APPS,
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
]
MIDDLEWARE: list[str] = [
    "chejian.api.middleware.ApiMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "chejian.core.live.LivePolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "chejian.accounts.sessions.PersonMiddleware",
    "chejian.accounts.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "chejian.accounts.middleware.AccessMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "chejian.core.once.OnceMiddleware",
    "chejian.core.middleware.DomainErrorMiddleware",
]
if env.bool("CHEJIAN_TIMING", False):
    MIDDLEWARE.insert(0, "chejian.core.timing.ServerTimingMiddleware")
ROOT_URLCONF = "chejian.urls"
WSGI_APPLICATION = "chejian.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- pages -----------------------------------------------------------------------------------
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "chejian.core.fixed_words.Pages",
        "NAME": "jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "chejian.jinja2env.environments",
            "context_processors": ["chejian.core.once.form_key"],
        },
    },
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {}},
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("CHEJIAN_STATIC", str(DATA / "static")))
#: collected under names that carry the content (`up` does it), else served from the source
STATIC_HASHED: bool = env.bool(
    "CHEJIAN_STATIC_HASHED", (STATIC_ROOT / "staticfiles.json").is_file()
)
WHITENOISE_USE_FINDERS: bool = not STATIC_HASHED
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if STATIC_HASHED
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
MEDIA_ROOT = DATA / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

# --- database --------------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **django_database(env.str("DATABASE_URL", "postgresql://localhost/chejian")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
}
#: whether the server may keep plans for a line; "0" behind a pooler that cannot (PgBouncer < 1.21)
PLANNED_STATEMENTS: bool = env.bool("CHEJIAN_PLANNED", True)
PGHISTORY_LEVEL = pgtrigger.Statement
#: history is asked by the row it is of; indexes for everything else that it names took a fifth of
#: its room
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_index=True)

# --- people ----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS: list[str] = ["chejian.accounts.backends.PhoneOrUsernameBackend"]
PASSWORD_HASHERS: list[str] = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("username", "name", "phone")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
     "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "chejian.accounts.sessions"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE: bool = env.bool("CHEJIAN_HTTPS", False)
CSRF_COOKIE_SECURE: bool = SESSION_COOKIE_SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- events (server-sent) --------------------------------------------------------------------
EVENTS_PORT: int = env.int("CHEJIAN_EVENTS_PORT", 8701)
EVENTS_URL: str = env.str("EVENTS_URL", "")  # empty: the request's host with EVENTS_PORT
SECURE_CSP: dict[str, list[str]] = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "media-src": [CSP.SELF, "blob:"],
    "connect-src": [CSP.SELF],  # and the events, by chejian.core.live
    "object-src": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}

# --- words and time --------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES: list[tuple[str, str]] = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS: list[Path] = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- jobs ------------------------------------------------------------------------------------
#: periodic jobs missed while the shop was closed are not caught up: each looks at everything
PROCRASTINATE_PERIODIC_DEFAULTS: dict[str, float] = {"max_delay": 5.0}

LOG_TIME = "" if START_ID else "%(asctime)s "  # the supervisor's log brings the time itself
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": f"{LOG_TIME}%(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {name: {"level": "WARNING"} for name in ("procrastinate", "pgtrigger")},
    "root": {"handlers": ["console"], "level": env.str("CHEJIAN_LOG", "INFO")},
}

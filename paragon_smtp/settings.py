"""The settings of the process, read once from the environment (`.env.example` lists them all).

Below this module code takes arguments or `django.conf.settings`; nothing else reads the environment.
"""

import secrets
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from paragon_smtp import broker, data_dir, logs
from paragon_smtp.environment import BASE_DIR, Environment

env = Environment(BASE_DIR / ".env")

DATA_DIR = data_dir.location(env)
# With a database and a broker of its own this is an installation that several processes and hosts share: nothing may
# then be invented for it.
PRODUCTION = bool(env.text("DATABASE_URL") or env.text("REDIS_URL"))
DEBUG = env.switch("DEBUG", default=False)

PRODUCT_NAME = env.text("PRODUCT_NAME", "Paragon Automation")

# `manage.py run` listens there; a port that is not named gives way to the next free one.
RUN_PORTS = {
    _name: (env.number(_name, _port, least=1, most=65535), bool(env.text(_name)))
    for _name, _port in {"PORT": 8000, "INBOX_SMTP_PORT": 2525, "INBOX_WEB_PORT": 8025}.items()
}
READY_FILE = env.text("READY_FILE")
PORTAL_URL = env.origin("PORTAL_URL", f"http://localhost:{RUN_PORTS['PORT'][0]}")
PORTAL_URL_GIVEN = bool(env.text("PORTAL_URL"))
SUPPORT_CONTACT = env.text("SUPPORT_CONTACT")
_portal = urlsplit(PORTAL_URL)
PORTAL_HOST = _portal.hostname or "localhost"
# A portal below a path, `https://portal.example.com/paragon`: every address and cookie begins there.
PATH_PREFIX = _portal.path
FORCE_SCRIPT_NAME = PATH_PREFIX or None
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = f"{PATH_PREFIX}/"

SECRET_KEY = env.text("SECRET_KEY") or data_dir.read_key(DATA_DIR / data_dir.SECRET_KEY_FILE)
SMTP_ENCRYPTION_KEYS = env.words(
    "SMTP_ENCRYPTION_KEYS", data_dir.read_key(DATA_DIR / data_dir.ENCRYPTION_KEYS_FILE).split()
)
if PRODUCTION:
    for _name in ("SECRET_KEY", "SMTP_ENCRYPTION_KEYS", "PORTAL_URL"):
        if not env.text(_name):
            raise ImproperlyConfigured(
                f"{_name} is not set. With DATABASE_URL or REDIS_URL it has to be given (or {_name}_FILE), "
                "so that two hosts never invent two."
            )
# Before the first `run`, `setup` or `migrate` there is no key: one that lives as long as this process serves commands
# that only look.
SECRET_KEY = SECRET_KEY or secrets.token_urlsafe(50)
for _number, _key in enumerate(SMTP_ENCRYPTION_KEYS, start=1):
    try:
        Fernet(_key)
    except ValueError:
        raise ImproperlyConfigured(
            f"SMTP_ENCRYPTION_KEYS: key {_number} is not a Fernet key (32 bytes in URL-safe base64). Make one with: "
            "python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
        ) from None

# Health checks come to the loopback address.
ALLOWED_HOSTS = [*env.words("ALLOWED_HOSTS", [PORTAL_HOST]), "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS", [f"{_portal.scheme}://{_portal.netloc}"])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "paragon_smtp.apps.ParagonConfig",
    "audit.apps.AuditConfig",
    "accounts.apps.AccountsConfig",
    "settings_app.apps.SettingsConfig",
    "notifications.apps.NotificationsConfig",
]

MIDDLEWARE = [
    "paragon_smtp.proxies.ProxyMiddleware",
    "audit.correlation.CorrelationMiddleware",
    "paragon_smtp.request_log.RequestLogMiddleware",
    "paragon_smtp.patience.PatienceMiddleware",
    "paragon_smtp.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.expired.SignInMiddleware",
    "accounts.middleware.PersonalMiddleware",
    "audit.middleware.RequestContextMiddleware",
    "paragon_smtp.sudo.SudoMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "paragon_smtp.urls"
WSGI_APPLICATION = "paragon_smtp.wsgi.application"
ASGI_APPLICATION = "paragon_smtp.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "paragon_smtp.context_processors.product",
            ],
            "libraries": {"i18n": "paragon_smtp.sentences", "cache": "paragon_smtp.remembering"},
            "builtins": ["paragon_smtp.inheritance"],
        },
    },
]
# That ours take the place of other libraries is meant.
SILENCED_SYSTEM_CHECKS = ["templates.W003"]

# Database

DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"] |= {
        "NAME": DATABASES["default"]["NAME"] if env.text("DATABASE_URL") else str(DATA_DIR / "db.sqlite3"),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
        # A test database in a file: worker threads and the page's own connection share it as they do in production.
        "TEST": {"NAME": str(DATA_DIR / "test.sqlite3")},
    }
else:
    DATABASES["default"] |= {"ENGINE": "paragon_smtp.postgresql", "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DATABASE_PATIENCE = env.number("DATABASE_PATIENCE_SECONDS", 15, least=2, most=3600)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# What `{% cache %}` in a template remembers, in each process for itself: only what is drawn from nothing but its key.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "default"},
    "template_fragments": {"BACKEND": "paragon_smtp.memory.TextCache", "LOCATION": "template_fragments"},
}

# Accounts

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.LockingBackend"]
CSRF_FAILURE_VIEW = "accounts.expired.stale"
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:sign-in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
PASSWORD_MINIMUM_LENGTH = env.number("PASSWORD_MINIMUM_LENGTH", 12, least=8, most=128)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_MINIMUM_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SIGN_IN_FAILURES = env.number("SIGN_IN_FAILURES", 5, least=1, most=1000)
SIGN_IN_LOCK = timedelta(minutes=env.number("SIGN_IN_LOCK_MINUTES", 15, least=1, most=60 * 24 * 365))
SUDO_LIFETIME = timedelta(minutes=env.number("SUDO_MINUTES", 10, least=1, most=60 * 24))
ACTIVATION_LIFETIME = timedelta(hours=env.number("ACTIVATION_LINK_HOURS", 24, least=1, most=24 * 30))
IMPORT_MAX_BYTES = 1024 * 1024 * env.number("IMPORT_MAX_MEGABYTES", 20, least=1, most=1000)
PASSWORD_RESET_TIMEOUT = 3600 * env.number("RESET_LINK_HOURS", 24, least=1, most=24 * 30)
# How often within the window, for one address and from one client; 0 for as often as they like.
RATE_LIMIT_WINDOW = timedelta(minutes=env.number("RATE_LIMIT_MINUTES", 15, least=1, most=60 * 24))
RATE_LIMITS = {
    deed: tuple(env.number(f"{name}_LIMIT_{whose}", limit, most=1_000_000) for whose, limit in limits.items())
    for deed, name, limits in (
        ("sign_in", "SIGN_IN", {"ADDRESS": 20, "CLIENT": 100}),
        ("link", "LINK", {"ADDRESS": 3, "CLIENT": 20}),
        # By an administrator, who may send to many from one place.
        ("send_again", "SEND_AGAIN", {"ADDRESS": 5, "CLIENT": 0}),
    )
}
# Refusals and answers to strangers take a multiple of this, so that their time does not tell which addresses exist.
ANSWER_STEP = timedelta(milliseconds=250)

# Mail

# A message that was refused for now is tried again after pauses that double.
RETRY_FIRST_PAUSE = timedelta(seconds=env.number("RETRY_FIRST_SECONDS", 60, least=1, most=86_400))
RETRY_LONGEST_PAUSE = timedelta(minutes=env.number("RETRY_LONGEST_MINUTES", 240, least=1, most=60 * 24 * 7))
RETRY_FOR = timedelta(hours=env.number("RETRY_HOURS", 72, least=1, most=24 * 30))
# How long what has ended stays visible; 0 keeps it for ever.
NOTIFICATION_RETENTION = timedelta(days=env.number("NOTIFICATION_RETENTION_DAYS", 90, most=36_500))

# Of the last year the database itself lets nobody delete anything (audit/append_only.py).
AUDIT_RETENTION = env.retention("AUDIT_RETENTION_DAYS", least=365)

EMAIL_BACKEND = "notifications.backend.SavedSettingsBackend"
_mail_host = f"[{PORTAL_HOST}]" if PORTAL_HOST.replace(".", "").isdigit() else PORTAL_HOST
DEFAULT_FROM_EMAIL = env.address("DEFAULT_FROM_EMAIL", f"no-reply@{_mail_host}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Where the SMTP settings may lead to, and how often a test may try.
CONNECT_RULES: dict[str, Any] = {
    "allowed_networks": env.networks("CONNECT_ALLOWED_NETWORKS"),
    "denied_networks": env.networks("CONNECT_DENIED_NETWORKS"),
    "allowed_ports": env.ports("CONNECT_ALLOWED_PORTS"),
    "denied_ports": env.ports("CONNECT_DENIED_PORTS"),
}
TEST_WINDOW = timedelta(minutes=env.number("TEST_MINUTES", 10, least=1, most=60 * 24))
TESTS_PER_PERSON = env.number("TESTS_PER_PERSON", 10, least=1, most=10_000)
TESTS_IN_ALL = env.number("TESTS_IN_ALL", 60, least=1, most=100_000)

# The SMTP settings as code (settings_app/as_code.py): with a server address, all of them come from the environment.
_smtp = {
    name: env.text(f"SMTP_{name.upper()}")
    for name in (
        *("server_address", "port", "tls_mode", "username", "password", "from_name", "from_email"),
        *("ca_certificate", "ehlo_name", "timeout", "connections", "messages_per_minute"),
    )
}
_smtp_switches = {
    "use_tls": env.switch("SMTP_TLS", default=True),
    "authentication": env.switch("SMTP_AUTHENTICATION", default=True),
    "provider_secret": env.switch("SMTP_PROVIDER_SECRET", default=False),
}
SMTP_FROM_ENVIRONMENT = _smtp | _smtp_switches if _smtp["server_address"] else {}

# Celery: the broker only carries "look"; what is to be done stands in the database.

EMBEDDED_BROKER = not env.text("REDIS_URL")
CELERY_BROKER_URL = env.broker("REDIS_URL", broker.url(DATA_DIR))
CELERY_BROKER_TRANSPORT_OPTIONS = broker.transport_options(CELERY_BROKER_URL, DATA_DIR)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "delivery"
# A delivery that hangs must not make a test say that no worker is there: tests have their own queue and process.
# So does an import, which somebody watches as well, and which deliveries that take long would else hold up.
CELERY_TASK_ROUTES = {
    "notifications.tasks.run_delivery_test": {"queue": "tests"},
    "notifications.tasks.tell_of_change": {"queue": "tests"},
    "accounts.tasks.run_imports": {"queue": "tests"},
    "notifications.tasks.check_server": {"queue": "tests"},
}
CELERY_TASK_ALWAYS_EAGER = env.switch("CELERY_TASK_ALWAYS_EAGER", default=False)
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "paragon_smtp.beat.SteadyScheduler"
CELERY_BEAT_SCHEDULE = {
    # Expires before the next one comes, so that a stopped worker finds no heap.
    "look": {"task": "notifications.tasks.deliver_due", "schedule": 5.0, "options": {"expires": 4.0}},
    "sweep": {"task": "notifications.tasks.sweep", "schedule": 60.0, "options": {"expires": 50.0}},
    "check server": {
        "task": "notifications.tasks.check_server",
        "schedule": 60.0,
        "options": {"expires": 50.0, "queue": "tests"},
    },
    "audit trail": {"task": "audit.tasks.prune", "schedule": 600.0, "options": {"expires": 500.0}},
    "imports": {"task": "accounts.tasks.run_imports", "schedule": 10.0, "options": {"expires": 9.0}},
    "tidy": {"task": "accounts.tasks.tidy", "schedule": 60.0, "options": {"expires": 50.0}},
}
CELERY_TIMEZONE = "UTC"

# Pages

LANGUAGE_CODE = "en"
# Each under its own name, so that its reader finds it whatever language a page is in (docs/languages.md).
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.time_zone("TIME_ZONE", "UTC")
USE_I18N = True
USE_TZ = True
STATIC_URL = f"{PATH_PREFIX}/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT") or BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
# Where `collectstatic` was not run (tests, `runserver`), files are served from where they lie.
_collected = "collectstatic" in sys.argv or (STATIC_ROOT / "staticfiles.json").is_file()
# Asked at each request then: at the start there is no folder to read.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = not _collected
if _collected:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }

# Security

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
_https = _portal.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 3600 * env.number("SESSION_HOURS", 12, least=1, most=24 * 365)
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"(^|/)(healthz|readyz|metrics)$"]  # asked for inside, where there is no TLS
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 31_536_000) * _https
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
TRUSTED_PROXIES = env.proxies("TRUSTED_PROXIES")
TRUST_PROXY = env.switch("TRUST_PROXY", default=bool(TRUSTED_PROXIES))
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SERVER_CHECK_MINUTES = env.number("SERVER_CHECK_MINUTES", 60, most=7 * 24 * 60)
DEFAULT_EXCEPTION_REPORTER_FILTER = "paragon_smtp.reports.ReportFilter"
METRICS_TOKEN = env.text("METRICS_TOKEN")
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

LOGGING = logs.configuration(logs.chosen(env))

"""All settings of Foyer, to be read from top to bottom; what varies comes from the environment.

`.env.example` explains each variable. Safe by default: no debug, no default secret, cookies and
redirects as strict as SITE_URL's scheme allows.
"""

from __future__ import annotations

import re
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from config.database import check_connection
from config.environment import Environment
from config.reach import reachable_by

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()
env.read_env(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))

# --- site -------------------------------------------------------------------------------------

SITE_NAME = env.str("SITE_NAME", default="Foyer")
SITE_URL = env.site_url("SITE_URL", default="http://localhost:8000")
_site = urlsplit(SITE_URL)
HTTPS = _site.scheme == "https"
SITE_HOST = _site.hostname or ""
DATA_DIR = Path(env.str("DATA_DIR", default="") or BASE_DIR / "data").resolve()

SECRET_KEY = env.secret("SECRET_KEY", at_least=50)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = env.switch("DEBUG", default=False)
# Pages for people who try Foyer on their own machine: the mail folder. Never on a public server.
DEVELOPMENT_PAGES = env.switch("DEVELOPMENT_PAGES", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[SITE_HOST])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
# The number of our own proxies in front; their X-Forwarded-* headers are trusted, no others.
TRUSTED_PROXIES = env.whole("TRUSTED_PROXIES", default=0, at_most=5)
# SECURITY: both show what only whoever sits at this machine may read.
if (DEBUG or DEVELOPMENT_PAGES) and (
    _reached := reachable_by(site_host=SITE_HOST, hosts=ALLOWED_HOSTS, proxies=TRUSTED_PROXIES)
):
    raise ImproperlyConfigured(
        f"{'DEBUG' if DEBUG else 'DEVELOPMENT_PAGES'} is on, and {_reached}: "
        "it is for this machine alone. Switch it off."
    )

# --- applications -----------------------------------------------------------------------------

INSTALLED_APPS = [
    "access.apps.AccessConfig",
    "access.accounts.apps.AccountsConfig",
    "access.guests.apps.GuestsConfig",
    "access.invitations.apps.InvitationsConfig",
    "media_items.apps.MediaItemsConfig",
    "media_items.live.apps.LiveConfig",
    "media_items.quizzes.apps.QuizzesConfig",
    "demo.apps.DemoConfig",
    "config.apps.WiringConfig",
    "config.apps.FoyerAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "config.apps.WorkConfig",
    "crispy_forms",
    "crispy_bootstrap5",
]

MIDDLEWARE = [
    "media_items.middleware.BeginningMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.HeadersMiddleware",
    "config.middleware.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "media_items.live.broadcast.granted.GrantedSegmentMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "access.accounts.readers.ReaderMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "access.accounts.ended_sessions.EndedSessionMiddleware",
    "access.middleware.VisitorMiddleware",
    "media_items.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "config.form_fields.FormRenderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False
URLIZE_ASSUME_HTTPS = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "media_items.drawn_once.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["media_items.addresses"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context_processors.site",
            ],
        },
    }
]

# --- data -------------------------------------------------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL", default=f"sqlite:///{DATA_DIR}/foyer.sqlite3")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Writers wait at BEGIN instead of failing later; readers never wait for them (WAL).
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,  # seconds
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-20000; PRAGMA temp_store=MEMORY;"
        ),
    }
    DATABASES["default"]["CONN_MAX_AGE"] = 600  # seconds; opening one costs more than a query
    if test_file := env.str("TEST_SQLITE_FILE", default=""):
        DATABASES["default"]["TEST"] = {"NAME": test_file}
else:
    _options = DATABASES["default"].setdefault("OPTIONS", {})
    # PostgreSQL's compiler takes a second over statements that run for a tenth of one, wherever it
    # takes many rows for possible.
    _options.setdefault("options", env.str("DATABASE_STARTUP_OPTIONS", default="-c jit=off"))
    _options["pool"] = {
        "min_size": 1,
        "max_size": env.whole("DATABASE_POOL_SIZE", default=8, at_least=1),
        # Seconds. Short, so that a database that has been restarted is used again soon: a request
        # gives up, and the next one tries again, instead of after ever longer pauses.
        "timeout": 10,
        "reconnect_timeout": 8,
        "check": check_connection,
    }
    # A connection that a restart of the database has cut is noticed before it is used.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# Whether PostgreSQL prepares the hot questions (media_items/compiled.py).
DATABASE_PREPARED = env.switch("DATABASE_PREPARED", default=True)

env.refuse_renamed({"CACHE_URL": "REDIS_URL"})
REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL and not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured("REDIS_URL must start with redis://, rediss:// or unix://.")
# `default` for mail and all other short work, `media` for films, recordings and documents: each has
# workers of its own, so that nobody waits for a film at the door.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "media"]}}

SESSION_ENGINE = "access.accounts.backends"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60  # seconds; a proof in a browser lasts at most 60 days
SESSION_COOKIE_NAME = "foyer_session"
CSRF_COOKIE_NAME = "foyer_csrf"
CSRF_FAILURE_VIEW = "access.accounts.ended_sessions.csrf_failure"
LANGUAGE_COOKIE_NAME = "foyer_language"
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365  # seconds
LANGUAGE_COOKIE_HTTPONLY = True

# --- people -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["access.accounts.backends.AccountBackend"]
LOGIN_URL = "access:sign_in"
LOGIN_REDIRECT_URL = "media_items:my_media"
LOGOUT_REDIRECT_URL = "access:sign_in"
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24 * 3  # seconds
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Rate limits (media_items/rate_limits.py). Those per network are sized for a lecture hall of 500
# people behind one address; docs/deployment.md has a table of all.
SIGN_IN_RATE_PER_ADDRESS = env.rate("SIGN_IN_RATE_PER_ADDRESS", default="10/10m")
SIGN_IN_RATE_PER_ADDRESS_IN_ALL = env.rate("SIGN_IN_RATE_PER_ADDRESS_IN_ALL", default="100/h")
SIGN_IN_RATE_PER_NETWORK = env.rate("SIGN_IN_RATE_PER_NETWORK", default="300/10m")
PASSWORD_MAIL_RATE_PER_ADDRESS = env.rate("PASSWORD_MAIL_RATE_PER_ADDRESS", default="3/h")
PASSWORD_MAIL_RATE_PER_NETWORK = env.rate("PASSWORD_MAIL_RATE_PER_NETWORK", default="600/h")
JOIN_RATE_PER_LINK = env.rate("JOIN_RATE_PER_LINK", default="1500/m")
JOIN_RATE_PER_ADDRESS = env.rate("JOIN_RATE_PER_ADDRESS", default="20/h")
JOIN_RATE_PER_NETWORK = env.rate("JOIN_RATE_PER_NETWORK", default="1500/10m")
ASK_HOST_RATE_PER_LINK = env.rate("ASK_HOST_RATE_PER_LINK", default="10/h")
ASK_HOST_RATE_PER_LINK_A_DAY = env.rate("ASK_HOST_RATE_PER_LINK_A_DAY", default="300/d")
ASK_HOST_RATE_PER_LINK_AND_NETWORK = env.rate("ASK_HOST_RATE_PER_LINK_AND_NETWORK", default="10/h")
ASK_HOST_RATE_PER_ADDRESS = env.rate("ASK_HOST_RATE_PER_ADDRESS", default="3/h")
ASK_HOST_RATE_PER_NETWORK = env.rate("ASK_HOST_RATE_PER_NETWORK", default="200/h")
CODE_RATE_PER_INVITATION = env.rate("CODE_RATE_PER_INVITATION", default="10/h")
CODE_RATE_PER_INVITATION_A_DAY = env.rate("CODE_RATE_PER_INVITATION_A_DAY", default="30/d")
CODE_RATE_PER_ADDRESS = env.rate("CODE_RATE_PER_ADDRESS", default="20/h")
CODE_RATE_PER_NETWORK = env.rate("CODE_RATE_PER_NETWORK", default="1500/h")
CODE_RATE_PER_SITE = env.rate("CODE_RATE_PER_SITE", default="5000/h")
NEW_LINK_RATE_PER_INVITATION = env.rate("NEW_LINK_RATE_PER_INVITATION", default="3/d")
NEW_LINK_RATE_PER_NETWORK = env.rate("NEW_LINK_RATE_PER_NETWORK", default="600/h")
INVITE_RATE_PER_MODERATOR = env.rate("INVITE_RATE_PER_MODERATOR", default="60/d")
SUGGESTION_RATE_PER_PERSON = env.rate("SUGGESTION_RATE_PER_PERSON", default="120/m")
ADD_ACCOUNT_RATE_PER_PERSON = env.rate("ADD_ACCOUNT_RATE_PER_PERSON", default="120/h")

# Upper limits that a site admin may lower on the site-policy page; empty means no limit.
GUEST_LINKS_PER_ITEM = env.whole("GUEST_LINKS_PER_ITEM", default=20, at_least=1, at_most=500)
GUEST_LINK_LONGEST_DAYS = env.optional_whole("GUEST_LINK_LONGEST_DAYS", at_least=1)
GUEST_LINK_MOST_PLACES = env.optional_whole("GUEST_LINK_MOST_PLACES", at_least=1)
INVITATION_LONGEST_DAYS = env.optional_whole("INVITATION_LONGEST_DAYS", at_least=1)
GUEST_DATA_KEPT_DAYS = env.whole("GUEST_DATA_KEPT_DAYS", default=365, at_least=1, at_most=3650)

# How an invited person proves the address in a new browser: by a code mailed to it or, as some
# sites prefer, by typing it.
INVITATION_PROOF = env.str("INVITATION_PROOF", default="code").lower()
if INVITATION_PROOF not in {"code", "address"}:
    raise ImproperlyConfigured("INVITATION_PROOF must be code or address.")
INVITATION_PROOF_DAYS = env.whole("INVITATION_PROOF_DAYS", default=60, at_least=1, at_most=60)
MAIL_ATTEMPTS = env.whole("MAIL_ATTEMPTS", default=6, at_least=1, at_most=20)

# --- live sessions ----------------------------------------------------------------------------

# How facts reach the process with the event streams: memory (one process carries pages and
# streams), postgres (LISTEN and NOTIFY) or redis (REDIS_URL).
LIVE_BUS = env.str("LIVE_BUS", default="").lower() or (
    "postgres" if DATABASES["default"]["ENGINE"].endswith("postgresql") else "memory"
)
if LIVE_BUS not in {"memory", "postgres", "redis"}:
    raise ImproperlyConfigured("LIVE_BUS must be memory, postgres or redis.")
if LIVE_BUS == "redis" and not REDIS_URL:
    raise ImproperlyConfigured("LIVE_BUS=redis needs REDIS_URL.")
LIVE_TICKET_SECONDS = 120
LIVE_HOST_GONE_MINUTES = env.whole("LIVE_HOST_GONE_MINUTES", default=15, at_least=2)
# The mesh: every pair of browsers is connected, so seats are few.
LIVE_STAGE_SEATS = env.whole("LIVE_STAGE_SEATS", default=4, at_least=1, at_most=8)
LIVE_WATCH_SEATS = env.whole("LIVE_WATCH_SEATS", default=6, at_most=12)
LIVE_STAGE_ENGINE = env.str("LIVE_STAGE_ENGINE", default="mesh").lower()
if LIVE_STAGE_ENGINE != "mesh":
    raise ImproperlyConfigured("LIVE_STAGE_ENGINE must be mesh; other engines are to come.")
# What cameras are asked for: width, height and pictures a second.
LIVE_STAGE_PICTURE = env.str("LIVE_STAGE_PICTURE", default="640x360@24").lower()
if not re.fullmatch(r"[1-9]\d{1,3}x[1-9]\d{1,3}@[1-9]\d?", LIVE_STAGE_PICTURE):
    raise ImproperlyConfigured("LIVE_STAGE_PICTURE must look like 640x360@24.")
# Servers for browsers that cannot reach each other directly (docs/deployment.md).
LIVE_STUN_URLS = env.list("LIVE_STUN_URLS", default=[])
LIVE_TURN_URLS = env.list("LIVE_TURN_URLS", default=[])
LIVE_TURN_SECRET = env.str("LIVE_TURN_SECRET", default="")
if LIVE_TURN_URLS and not LIVE_TURN_SECRET:
    raise ImproperlyConfigured("LIVE_TURN_URLS needs LIVE_TURN_SECRET, the one coturn knows.")
STAGE_RATE_PER_PERSON = env.rate("STAGE_RATE_PER_PERSON", default="30/10s")
# How often a line is tried before a session: half a megabyte down and one up count as two.
TRY_LINE_RATE_PER_NETWORK = env.rate("TRY_LINE_RATE_PER_NETWORK", default="600/10m")
SIGNAL_RATE_PER_PERSON = env.rate("SIGNAL_RATE_PER_PERSON", default="200/10s")
# Broadcasts from the browser: their longest duration and highest bit rate.
LIVE_BROADCAST_MAX_HOURS = env.whole("LIVE_BROADCAST_MAX_HOURS", default=8, at_least=1, at_most=24)
LIVE_BROADCAST_MAX_KBITS = env.whole("LIVE_BROADCAST_MAX_KBITS", default=6000, at_least=500)
LIVE_BROADCAST_KBITS = env.whole("LIVE_BROADCAST_KBITS", default=2000, at_least=200)
# How long segments of a stream are sent by one answer of the policy (docs/adr/0052), and whether
# nginx looks at that by itself (deploy/foyer_streams.conf).
STREAM_GRANT_SECONDS = 20
STREAM_GRANTS_FOR_NGINX = env.switch("STREAM_GRANTS_FOR_NGINX", default=False)
ENTER_RATE_PER_PERSON = env.rate("ENTER_RATE_PER_PERSON", default="30/m")
CHAT_RATE_PER_PERSON = env.rate("CHAT_RATE_PER_PERSON", default="10/10s")
QUESTION_RATE_PER_PERSON = env.rate("QUESTION_RATE_PER_PERSON", default="5/m")
REACTION_RATE_PER_PERSON = env.rate("REACTION_RATE_PER_PERSON", default="10/10s")

# --- quizzes ----------------------------------------------------------------------------------

# Answers that arrive so late are taken, and marked as late: the line may be slow at the end.
QUIZ_GRACE_SECONDS = env.whole("QUIZ_GRACE_SECONDS", default=30, at_most=300)
# What was saved when in an attempt, for disputes.
QUIZ_EVENTS_KEPT_DAYS = env.whole("QUIZ_EVENTS_KEPT_DAYS", default=90, at_least=1, at_most=3650)
START_RATE_PER_PERSON = env.rate("START_RATE_PER_PERSON", default="60/h")
SAVE_RATE_PER_ATTEMPT = env.rate("SAVE_RATE_PER_ATTEMPT", default="120/m")
# Numbers of certificates that do not exist, from one network.
CERTIFICATE_RATE_PER_NETWORK = env.rate("CERTIFICATE_RATE_PER_NETWORK", default="100/h")

# --- language and time ------------------------------------------------------------------------

# Each under the name that its own readers look for.
_TRANSLATED = {"en": "English", "fr": "Français", "he": "עברית"}
LANGUAGES = env.some_of("LANGUAGES", _TRANSLATED)
LANGUAGE_CODE = env.one_of("LANGUAGE_CODE", dict(LANGUAGES), default=LANGUAGES[0][0])
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
FORMAT_MODULE_PATH = ["config.formats"]
USE_TZ = True

# --- files ------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default="") or BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.static_files.NpmFinder",
    "config.stylesheets.StylesheetFinder",
]
STYLES_DIR = BASE_DIR / "styles"
# Where npm puts the player (package.json); every page works without it.
NPM_DIR = BASE_DIR / "node_modules"
NPM_PARTS = (NPM_DIR / "hls.js").is_dir() and (NPM_DIR / "media-chrome").is_dir()
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static_files.StaticFilesStorage"},
}
# With nginx in front: the internal location that stands for MEDIA_ROOT (docs/deployment.md).
ACCEL_REDIRECT_PREFIX = env.str("ACCEL_REDIRECT_PREFIX", default="").rstrip("/")
if ACCEL_REDIRECT_PREFIX and not ACCEL_REDIRECT_PREFIX.startswith("/"):
    raise ImproperlyConfigured("ACCEL_REDIRECT_PREFIX must start with a slash, as in /protected.")
FFMPEG_BIN = env.str("FFMPEG_BIN", default="")
UPLOAD_MAX_MB = env.whole("UPLOAD_MAX_MB", default=8192, at_least=1)
THUMBNAIL_MAX_MB = env.whole("THUMBNAIL_MAX_MB", default=10, at_least=1)
CAPTIONS_MAX_MB = env.whole("CAPTIONS_MAX_MB", default=5, at_least=1)
DOCUMENT_MAX_PAGES = env.whole("DOCUMENT_MAX_PAGES", default=1000, at_least=1)
DOCUMENT_TIMEOUT_MINUTES = env.whole("DOCUMENT_TIMEOUT_MINUTES", default=30, at_least=1)
PREPARATION_TIMEOUT_MINUTES = env.whole("PREPARATION_TIMEOUT_MINUTES", default=360, at_least=1)
BIN_KEPT_DAYS = 30
# A view that takes files installs another handler (media_items/library/uploads.py).
FILE_UPLOAD_HANDLERS = ["media_items.library.uploads.ThrowFilesAway"]
# Uploads are written as they arrive, on the file system where they are stored: moving is a rename.
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "uploads"
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # bytes, without files
# 500 questions with 50 options each on one page (media_items/quizzes), each with two fields more.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 27_000
for _folder in (DATA_DIR, MEDIA_ROOT, FILE_UPLOAD_TEMP_DIR):
    _folder.mkdir(parents=True, exist_ok=True, mode=0o750)

# --- mail -------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default=f"{SITE_NAME} <foyer@{SITE_HOST}>")
if "@" not in parseaddr(DEFAULT_FROM_EMAIL)[1]:
    raise ImproperlyConfigured("MAIL_FROM is not a mail address such as Foyer <foyer@example.edu>.")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAIL_DIR = DATA_DIR / "mail"
if smtp_host := env.str("SMTP_HOST", default=""):
    _security = env.str("SMTP_SECURITY", default="starttls").lower()
    if _security not in {"starttls", "tls", "none"}:
        raise ImproperlyConfigured("SMTP_SECURITY must be starttls, tls or none.")
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {
                "host": smtp_host,
                "port": env.whole("SMTP_PORT", default=587, at_least=1, at_most=65535),
                "username": env.str("SMTP_USER", default=""),
                "password": env.str("SMTP_PASSWORD", default=""),
                "use_tls": _security == "starttls",
                "use_ssl": _security == "tls",
                "timeout": 20,  # seconds
            },
        }
    }
else:
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(MAIL_DIR)},
        }
    }

# --- security ---------------------------------------------------------------------------------

# `data:` is for what scripts draw: the outline of a sound (player/sound.js), and a picture that
# was chosen and is not sent yet (quiz/picture.js). `blob:` would show that as well, but would be
# one more source for every page, and each address would have to be let go of by hand.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "media-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}
# Sites whose pages may show the embed page in a frame, besides our own.
EMBED_FRAME_ANCESTORS = env.list("EMBED_FRAME_ANCESTORS", default=["https:"])
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS and env.switch("SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = env.whole("HSTS_SECONDS", default=60 * 60 * 24 * 365) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS and env.switch("HSTS_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = HTTPS and env.switch("HSTS_PRELOAD", default=False)
# Both bind hosts that are not Foyer's: the site's admin turns them on, and no warning asks for it.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
if TRUSTED_PROXIES and not SECURE_SSL_REDIRECT:
    SILENCED_SYSTEM_CHECKS.append("security.W008")  # the proxy redirects
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- logging ----------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "hide_tokens": {"()": "config.logs.HideTokens"},
        "warnings_only": {"()": "config.logs.WarningsOnly"},
        "of_strangers": {"()": "config.logs.OneLineAboutStrangers"},
    },
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["of_strangers", "hide_tokens"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO").upper()},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        # Two lines per task would scroll the demo's accounts away; failures are logged as errors.
        # A filter, because the worker sets the levels of these loggers itself.
        "django.tasks": {"filters": ["warnings_only"]},
        "django_tasks_db": {"filters": ["warnings_only"]},
    },
}

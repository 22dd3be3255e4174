"""Django's settings. Everything that differs between installations comes from the environment;
docs/reference/settings.md lists it."""

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kefen.config import database
from kefen.core.licences import LicenceKind

BASE = Path(__file__).resolve().parent.parent
HOME = database.home()


def _secret(name: str) -> str:
    """A secret from the environment, else one made once and kept (0600) in the home folder."""
    given = os.environ.get(name)
    if given:
        return given
    place = HOME / "secrets" / name.lower()
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = place.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            os.link(draft, place)  # the first of several processes wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return place.read_text()


def _later_keys(name: str) -> dict[int, bytes]:
    """The keys that came after the first, newest first: `NAME_2` to `NAME_255`, from the
    environment or the home folder. None is made: whoever changes keys does it on purpose."""
    found: dict[int, bytes] = {}
    for number in range(255, 1, -1):
        place = HOME / "secrets" / f"{name}_{number}".lower()
        given = os.environ.get(f"{name}_{number}", "")
        if not given and place.exists():
            given = place.read_text().strip()
        if given:
            found[number] = given.encode()
    return found


DEMO = os.environ.get("KEFEN_DEMO") == "1"
DEBUG = os.environ.get("KEFEN_DEBUG") == "1"
SECRET_KEY = _secret("KEFEN_SECRET_KEY")
# Key id → key; the first encrypts, all decrypt, the lowest id also indexes.
PERSONAL_DATA_KEYS = {
    **_later_keys("KEFEN_PERSONAL_DATA_KEY"),
    1: _secret("KEFEN_PERSONAL_DATA_KEY").encode(),
}

PUBLIC_URL = os.environ.get("KEFEN_PUBLIC_URL", "http://127.0.0.1:8000")
ALLOWED_HOSTS = os.environ.get(
    "KEFEN_ALLOWED_HOSTS", "*" if DEMO or DEBUG else "127.0.0.1,localhost"
).split(",")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
_HTTPS = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "kefen.platform.tenancy",
    "kefen.platform.identity",
    "kefen.platform.audit",
    "kefen.platform.inbox",
    "kefen.platform.merchants",
    "kefen.platform.exports",
    "kefen.platform.wording",
    "kefen.platform.saved_filters",
    "kefen.ledger",
    "kefen.catalog",
    "kefen.promoters",
    "kefen.programmes",
    "kefen.referrals",
    "kefen.orders",
    "kefen.commissions",
    "kefen.payouts",
    "kefen.splits",
    "kefen.statements",
    "kefen.standings",
    "kefen.risk",
    "kefen.reconciliation",
    "kefen.compliance",
    "kefen.oversight",
    "kefen.adapters.payments.sandbox",
    "kefen.adapters.messengers.outbox",
    "kefen.adapters.wechat.sandbox",
    "kefen.faces.web",
    "kefen.faces.api.webhooks_in",
    "kefen.ops",
    "kefen.config",
]
AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "kefen.faces.web.middleware.RefuseNul",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
CSRF_FAILURE_VIEW = "kefen.faces.web.views.csrf_refused"
ROOT_URLCONF = "kefen.config.urls"
WSGI_APPLICATION = "kefen.config.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
            ],
            "string_if_invalid": "",
        },
    }
]

DATABASES = {"default": database.django_settings(database.role())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "kefen_language"
LOCALE_PATHS = [BASE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
# Drawn posters, by content; what is missing is drawn again.
POSTERS_ROOT = HOME / "posters"
# Where workbooks are put together; finished files stand encrypted in the database.
EXPORTS_ROOT = HOME / "exports"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

SESSION_COOKIE_AGE = 14 * 86400
# The sandbox channel lets anybody "pay": for demos, tests and trying things out alone.
SANDBOX = os.environ.get("KEFEN_SANDBOX", "1" if DEMO or DEBUG else "0") == "1"
# In the demo a payout waits for its receiver, as WeChat's transfers do.
SANDBOX_CONFIRMS = DEMO
# What its bills say it kept of a payment, in basis points: in the demo, what others keep.
SANDBOX_FEE_BPS = 60 if DEMO else 0
# Where channels reach us, if that is not PUBLIC_URL.
NOTIFY_URL = os.environ.get("KEFEN_NOTIFY_URL", "")
# How many reverse proxies stand before the web server; each adds where it was asked from.
PROXIES = int(os.environ.get("KEFEN_PROXIES", "0"))
# Texts to phones: a relay of one's own (adapters/messengers/relay.py).
SMS_RELAY_URL = os.environ.get("KEFEN_SMS_RELAY_URL", "")
SMS_RELAY_TOKEN = os.environ.get("KEFEN_SMS_RELAY_TOKEN", "")
# E-mail: smtp://name:password@host:587 (STARTTLS) or smtps://…:465.
_SMTP = urlsplit(os.environ.get("KEFEN_SMTP_URL", ""))
EMAIL_HOST, EMAIL_TIMEOUT = _SMTP.hostname or "", 10
EMAIL_USE_SSL = _SMTP.scheme == "smtps"
EMAIL_USE_TLS = not EMAIL_USE_SSL
EMAIL_PORT = _SMTP.port or (465 if EMAIL_USE_SSL else 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = (
    unquote(part or "") for part in (_SMTP.username, _SMTP.password)
)
DEFAULT_FROM_EMAIL = os.environ.get("KEFEN_MAIL_FROM", "")
# Codes shown on a page that everybody reads, and a stand-in for WeChat: not with the sandbox
# channel alone, which somebody may try beside real people.
STAND_INS = DEMO or DEBUG
_WECHAT = f"{PUBLIC_URL}/sandbox/wechat" if STAND_INS else ""
WECHAT_AUTHORIZE_URL = os.environ.get(
    "KEFEN_WECHAT_AUTHORIZE_URL",
    f"{_WECHAT or 'https://open.weixin.qq.com'}/connect/oauth2/authorize",
)
WECHAT_API_URL = os.environ.get("KEFEN_WECHAT_API_URL", _WECHAT or "https://api.weixin.qq.com")
SIGN_IN_LINK_MAX_AGE = 14 * 86400 if DEMO else 1800
# Open live pages of one web process; the next one is asked to come back.
LIVE_STREAMS = int(os.environ.get("KEFEN_LIVE_STREAMS", "1000"))
# Pages that one web process works on at a time; each has a database connection of its own.
PAGE_THREADS = int(os.environ.get("KEFEN_PAGE_THREADS", "8"))

# Licences without which new rebate rules are not published: codes of core.licences.LicenceKind.
LICENCES_REQUIRED = tuple(
    LicenceKind(kind.strip()).value
    for kind in os.environ.get("KEFEN_LICENCES_REQUIRED", "").split(",")
    if kind.strip()
)
# What is uploaded stays in memory and never lies on a disk unsealed; what is larger than any page
# takes does not arrive at all.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 8_000_000

PROCRASTINATE_ON_APP_READY = "kefen.config.wiring.jobs_ready"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "filters": {"without_tokens": {"()": "kefen.config.log_paths.WithoutTokens"}},
    "root": {"handlers": ["console"], "level": os.environ.get("KEFEN_LOG_LEVEL", "WARNING")},
    "loggers": {
        # Without handlers of its own: Django's mails reports with everything a request held.
        "django": {"handlers": [], "level": "INFO"},
        "django.request": {"filters": ["without_tokens"]},
        "urllib3.connectionpool": {"filters": ["without_tokens"]},
        # They log whole addresses, in which WeChat wants openids and the secret of its app.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
    },
}

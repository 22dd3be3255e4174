"""The web pages without a database: for rendering samples only."""

import os
import tempfile

os.environ.setdefault("KEFEN_SECRET_KEY", "for tests of pages only")

SECRET_KEY = os.environ["KEFEN_SECRET_KEY"]
DEBUG = False
DEMO = True
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django.contrib.staticfiles", "kefen.faces.web"]
MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
ROOT_URLCONF = "tests.faces.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
            ]
        },
    }
]
DATABASES: dict[str, object] = {}
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "kefen_language"
SESSION_COOKIE_SECURE = False
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = tempfile.gettempdir()
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

from pathlib import Path  # noqa: E402

import kefen  # noqa: E402

LOCALE_PATHS = [Path(kefen.__file__).parent / "locale"]

"""In which language the public side and mails speak: gettext and locale, without a request.

What is rendered inside of `speaking("de")` is German. Everything else, the console with it, is
in English, which is also what stands in the code.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import NullTranslations
from io import BytesIO

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from jinja2 import Environment

from app.config import ROOT
from app.words import LANGUAGES

SOURCE = "en"
"""What the texts in code and templates are written in."""
FOLDER = ROOT / "translations"
_LOCALES = {"en": "en_GB"}  # a day before its month, hours to 24: as everywhere but in America
_spoken: ContextVar[str] = ContextVar("language", default=SOURCE)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say everything in this block in a language; in English where we do not speak it."""
    before = _spoken.set(known(language))
    try:
        yield
    finally:
        _spoken.reset(before)


def speak(language: str) -> None:
    """Say everything from now on in a language: for a request, which begins by choosing one."""
    _spoken.set(known(language))


def known(language: str) -> str:
    return language if language in LANGUAGES else SOURCE


def current() -> str:
    """The code of the language that is spoken now, as `<html lang>` has it."""
    return _spoken.get()


def locale() -> Locale:
    """How dates, numbers and lists are written now."""
    return _locale(current())


def gettext(message: str, /, **values: object) -> str:
    """The text in the language that is spoken, its places filled: `_("By %(time)s", time=at)`."""
    said = _translations(current()).gettext(message)
    return said % values if values else said


def ngettext(one: str, more: str, count: int, /, **values: object) -> str:
    """The text that fits the count, in the language that is spoken; `%(count)s` is known."""
    said = _translations(current()).ngettext(one, more, count)
    return said % {"count": count, **values}


def pgettext(context: str, message: str, /, **values: object) -> str:
    """The text as it is meant there: a word that is one in English may be two elsewhere."""
    said = _translations(current()).pgettext(context, message)
    return said % values if values else said


def install(environment: Environment) -> None:
    """Give templates `_`, `ngettext`, `pgettext`, `{% trans %}`, and `language()`."""
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    # Here the template fills the places itself: what it puts in is escaped, the text is not.
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # of the extension
        lambda message: _translations(current()).gettext(message),
        lambda one, more, count: _translations(current()).ngettext(one, more, count),
        newstyle=True,
        pgettext=lambda context, message: _translations(current()).pgettext(context, message),
    )
    environment.globals["language"] = current


@lru_cache(maxsize=len(LANGUAGES))
def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES.get(language, language))


@lru_cache(maxsize=len(LANGUAGES))
def _translations(language: str) -> NullTranslations:
    """The catalogue of a language, read once and as it was written: there is nothing to build."""
    if language == SOURCE:
        return NullTranslations()
    compiled = BytesIO()
    with (FOLDER / language / "LC_MESSAGES" / "allclear.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)

"""The languages of the application: English, German, Simplified Chinese."""

from __future__ import annotations

from importlib import resources

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

LANGUAGES = {"en": "English", "de": "Deutsch", "zh_CN": "简体中文"}
"""Each language's name in itself."""


class Languages:
    """Installs translations into an application, and takes them out again."""

    def __init__(self, application: QCoreApplication) -> None:
        self._application = application
        self._translators: list[QTranslator] = []
        self.current = "en"

    def choose(self, language: str) -> None:
        """Speak a language of `LANGUAGES`; "" for the system's, or else English."""
        wanted = language if language in LANGUAGES else system_language()
        for translator in self._translators:
            self._application.removeTranslator(translator)
        self._translators = []
        self.current = wanted
        # Left-to-right with the system's numbers and dates stays; only texts change.
        if wanted == "en":
            return
        folder = str(resources.files("resources").joinpath("translations"))
        qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        for name, place in ((f"qtbase_{wanted}", qt_folder), (f"heirloom_{wanted}", folder)):
            translator = QTranslator(self._application)
            if translator.load(name, place):
                self._application.installTranslator(translator)
                self._translators.append(translator)


def system_language() -> str:
    """Return the first of the user's languages that there is a translation for."""
    for name in QLocale.system().uiLanguages():
        plain = name.replace("-", "_")
        if plain.startswith("zh"):
            if "Hant" in plain or plain.endswith(("TW", "HK", "MO")):
                continue
            return "zh_CN"
        if plain[:2] in LANGUAGES:
            return plain[:2]
    return "en"

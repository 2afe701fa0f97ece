"""The head of every page: where one is, how the services are, language and theme."""

from __future__ import annotations

import time

from nicegui import ui
from suspension_protocol.models import ServiceState

from suspension_services.gui.catalogue import CATALOGUE
from suspension_services.gui.desk import Desk
from suspension_services.gui.indicators import Indicator, Level
from suspension_services.gui.pages.tag import Tag, icon
from suspension_services.gui.texts import Texts

_SYMBOLS = {
    # A shape for each colour, for those who do not see these.
    Level.GOOD: "check_circle", Level.WAIT: "schedule", Level.BAD: "error",
    Level.UNKNOWN: "help",
}  # fmt: skip
_NEXT_THEME = """
() => {
  const root = document.documentElement;
  root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
}
"""


class Header:
    """The head of a page; `here` is the path of the page without its language."""

    def __init__(self, desk: Desk, texts: Texts, here: str) -> None:
        self._desk, self._texts = desk, texts
        self._details = ServicesDialog(desk, texts)
        Tag("a", texts.skip, "skip", href="#main")
        with Tag("header", classes="head"):
            with Tag("a", classes="brand", href=f"/{texts.language}"):
                _logo()
                Tag("span", texts.title)
            with Tag("nav", classes="tabs", aria_label=texts.nav_label):
                for path, name in (("", texts.nav_test), ("/history", texts.nav_history)):
                    Tag(
                        "a", name, href=f"/{texts.language}{path}",
                        aria_current="page" if path == here else None,
                    )  # fmt: skip
            with Tag(
                "button", classes="lights", type="button", aria_label=texts.services
            ) as lights:
                self._lights: dict[str, tuple[Tag, Tag, Tag]] = {}
                for name in ("broker", "bridge", "processing", "orchestrator", "simulator"):
                    self._lights[name] = self._light(name)
            lights.on("click", self._details.open)
            with Tag("div", classes="choice", role="group", aria_label=texts.language_label):
                for language in CATALOGUE:
                    Tag(
                        "a", language.upper(), href=f"/{language}{here}", hreflang=language,
                        lang=language, aria_current="true" if language == texts.language else None,
                    ).on(
                        "click", js_handler=f"() => document.cookie = 'language={language};path=/;"
                        "max-age=31536000;samesite=strict'",
                    )  # fmt: skip
            with Tag(
                "button", classes="round", type="button", aria_label=texts.theme_label,
                title=texts.theme_label,
            ) as theme:  # fmt: skip
                icon("contrast")
            theme.on("click", js_handler=_NEXT_THEME)
        self._banner = Tag("div", texts.broker_away_advice, "banner", role="status", hidden=True)

    def update(self) -> None:
        """Show how the services are now."""
        now, bench, texts = time.monotonic(), self._desk.bench, self._texts
        self._banner.hide(bench.connected)
        level = Level.GOOD if bench.connected else Level.BAD
        said = texts.broker_here if bench.connected else texts.broker_away
        self._show("broker", level, said)
        for light in bench.indicators.lights(now):
            self._show(light.service, light.level, state_text(light, texts))
        self._details.update()

    def _light(self, name: str) -> tuple[Tag, Tag, Tag]:
        with Tag("span", classes="light", hidden=name == "simulator", data_service=name) as light:
            symbol = icon(_SYMBOLS[Level.UNKNOWN])
            Tag("span", self._texts.service_names.get(name, self._texts.broker), "light-name")
            state = Tag("span", classes="hidden-text")
        return light, symbol, state

    def _show(self, name: str, level: Level, said: str) -> None:
        light, symbol, state = self._lights[name]
        light.show(hidden=False, data_level=level.value, title=said)
        symbol.show(_SYMBOLS[level])
        state.show(f": {said}")


class ServicesDialog:
    """What is known of each service, and what to do about those that are missing."""

    def __init__(self, desk: Desk, texts: Texts) -> None:
        self._desk, self._texts = desk, texts
        self._rows: dict[str, tuple[Tag, Tag, Tag]] = {}
        with ui.dialog() as self._dialog, Tag("section", classes="sheet"):
            Tag("h2", texts.services)
            for name in ("broker", "bridge", "processing", "orchestrator", "simulator"):
                with Tag("div", classes="service", hidden=True) as row:
                    symbol = icon("help")
                    with Tag("div"):
                        Tag("strong", texts.service_names.get(name, texts.broker))
                        said = Tag("p")
                self._rows[name] = row, symbol, said
            with Tag("div", classes="actions"):
                Tag("button", texts.close, "plain", type="button").on("click", self._dialog.close)
        self._dialog.props(f'aria-label="{texts.services}"')

    def open(self) -> None:
        """Show the dialog."""
        self.update()
        self._dialog.open()

    def update(self) -> None:
        """Show what is known now, if anybody looks."""
        if not self._dialog.value:
            return
        bench, texts = self._desk.bench, self._texts
        if bench.connected:
            self._show("broker", Level.GOOD, texts.broker_here)
        else:
            self._show("broker", Level.BAD, texts.broker_away_advice)
        for light in bench.indicators.lights(time.monotonic()):
            said = [state_text(light, texts)]
            if light.error:
                said.append(light.error)
            if light.level is Level.BAD:
                said.append(texts.service_advice[light.service])
            elif light.level is Level.GOOD and light.status is not None:
                said += _figures(light, texts)
            self._show(light.service, light.level, " · ".join(said))

    def _show(self, name: str, level: Level, said: str) -> None:
        row, symbol, text = self._rows[name]
        row.show(hidden=False, data_level=level.value)
        symbol.show(_SYMBOLS[level])
        text.show(said)


def state_text(light: Indicator, texts: Texts) -> str:
    """Return the state of a service in words."""
    if light.level is Level.UNKNOWN:
        return texts.levels[Level.UNKNOWN]
    return texts.not_heard if light.state is None else texts.service_states[light.state]


def _figures(light: Indicator, texts: Texts) -> list[str]:
    status = light.status
    if status is None or light.state not in (ServiceState.ONLINE, ServiceState.RUNNING):
        return []
    return [
        f"{name} {texts.amount(value, unit, 0)}"
        for name, value, unit in (
            (texts.memory, status.memory_usage, "MiB"),
            (texts.processor, status.cpu_usage, "%"),
        )
        if isinstance(value, float)
    ]


def _logo() -> None:
    ui.html(
        '<svg viewBox="0 0 32 32" width="30" height="30" aria-hidden="true" fill="none" '
        'stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round">'
        '<path d="M16 2v4M16 26v4M9 6h14M9 26h14M22 9 10 12l12 4-12 4 12 3"/></svg>',
        sanitize=False, tag="span",
    )  # fmt: skip

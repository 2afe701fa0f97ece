"""Start and stop, how far the test is, and what is measured just now."""

from __future__ import annotations

import time

from suspension_services.gui.causes import kind_of
from suspension_services.gui.desk import Desk
from suspension_services.gui.pages.tag import Tag, icon
from suspension_services.gui.shown_test import ShownTest, Stage
from suspension_services.gui.texts import Texts


class StartPanel:
    """The one large button: it starts a test, and stops the one that runs."""

    def __init__(self, desk: Desk, texts: Texts) -> None:
        self._desk, self._texts = desk, texts
        with Tag("section", classes="start", aria_label=texts.nav_test):
            with Tag("button", classes="go", type="button", id="start") as self._button:
                self._symbol = icon("play_arrow")
                with Tag("span", classes="go-text"):
                    self._text = Tag("span", classes="go-what")
                    self._wheel = Tag("span", classes="go-wheel")
            self._reason = Tag("p", classes="hindrance", hidden=True)
            Tag("p", texts.keys_hint, "keys")
        self._button.on("click", self.press)

    async def press(self) -> None:
        """Start or stop, whichever is on the button."""
        if self._desk.bench.is_busy:
            await self._desk.stop_test()
        else:
            await self._desk.start_test()

    def update(self) -> None:
        """Show what the button does now, or why it does nothing."""
        bench, texts = self._desk.bench, self._texts
        hindrance = bench.hindrance(time.monotonic())
        wheel = texts.wheels[bench.selected]
        if bench.is_busy and bench.test is not None:
            wheel = texts.wheels[bench.test.position]
            self._button.show(data_does="stop", disabled=False, aria_label=texts.stop)
            self._symbol.show("stop")
            self._text.show(texts.stop)
        else:
            self._button.show(
                data_does="start", disabled=hindrance is not None,
                aria_label=texts.start_of.format(wheel=wheel),
            )  # fmt: skip
            self._symbol.show("play_arrow")
            self._text.show(texts.start)
        self._wheel.show(wheel)
        said = ""
        if hindrance is not None and hindrance.broker:
            said = texts.hindered_broker
        elif hindrance is not None and hindrance.services:
            names = ", ".join(texts.service_names[light.service] for light in hindrance.services)
            said = texts.hindered_services.format(services=names)
        self._reason.show(said, hidden=not said)


class StatusPanel:
    """How far the test is, and the values of the moment."""

    def __init__(self, desk: Desk, texts: Texts) -> None:
        self._desk, self._texts = desk, texts
        with Tag("section", classes="card status", id="status") as self._card:
            with Tag("div", classes="status-head"):
                with Tag("div", role="status", aria_live="polite"):
                    self._title = Tag("h1")
                    self._hint = Tag("p", classes="hint")
                with Tag("div", classes="readouts"):
                    self._readouts = {
                        name: self._readout(name, title, unit)
                        for name, title, unit in (
                            ("frequency", texts.frequency, "Hz"),
                            ("phase", texts.phase_shift, "°"),
                            ("force", texts.force, "N"),
                            ("lowest", texts.min_phase_shift, "°"),
                            ("elapsed", texts.elapsed, "s"),
                        )
                    }
            with Tag(
                "div", classes="progress", role="progressbar", aria_valuemin=0, aria_valuemax=100,
                aria_label=texts.progress,
            ) as self._progress:  # fmt: skip
                self._bar = Tag("div", classes="bar")
            with Tag("div", classes="advice", role="alert", hidden=True) as self._advice:
                icon("error_outline")
                with Tag("div"):
                    self._happened = Tag("strong")
                    self._remedy = Tag("p")
                    self._told = Tag("p", classes="told")

    def update(self) -> None:
        """Show the test as it is now."""
        bench, texts = self._desk.bench, self._texts
        test = bench.test
        stage = None if test is None else test.stage
        if test is None:
            self._title.show(texts.ready)
            self._hint.show(texts.ready_hint.format(wheel=texts.wheels[bench.selected]))
        else:
            wheel = texts.wheels[test.position]
            self._title.show(
                texts.stages[test.stage] if test.stage.is_over
                else f"{texts.stages[test.stage]}: {wheel}"
            )  # fmt: skip
            self._hint.show(texts.stage_hints[test.stage].format(wheel=wheel))
        self._card.show(data_stage=stage.value if stage is not None else "none")
        self._show_progress(test)
        self._show_values(test)
        self._show_advice(test)

    def _show_progress(self, test: ShownTest | None) -> None:
        done = 0 if test is None else round(test.progress * 100)
        # How long these take is not known, so the bar only tells that something is being done.
        waiting = test is not None and test.stage in (Stage.ASKED, Stage.PREPARING, Stage.JUDGING)
        self._progress.show(
            aria_valuenow=None if waiting else done, data_waiting="true" if waiting else None
        )
        self._bar.show(style=None if waiting else f"width: {done}%")

    def _show_values(self, test: ShownTest | None) -> None:
        """Show the values of the moment; of a wheel that was judged, what it was judged by."""
        texts = self._texts
        judged = None if test is None or not test.stage.is_verdict else test.result
        lowest = None if judged is None else judged.min_phase_shift
        values = {
            "frequency": None if test is None else test.frequency,
            "phase": None if test is None else test.phase_shift,
            "force": None if test is None else test.force,
            "elapsed": None if test is None else test.elapsed or None,
            "lowest": lowest if isinstance(lowest, float) else None,
        }
        for name, (box, shown) in self._readouts.items():
            box.hide((name == "lowest") is (judged is None) and name != "elapsed")
            value = values[name]
            digits = 0 if name == "force" else 1
            shown.show(texts.dash if value is None else texts.number(value, digits))

    def _show_advice(self, test: ShownTest | None) -> None:
        ended_badly = test is not None and test.stage in (Stage.ABORTED, Stage.ERROR)
        self._advice.hide(not ended_badly)
        if test is not None and ended_badly:
            advice = self._texts.causes[kind_of(test.cause)]
            self._happened.show(advice.title)
            self._remedy.show(advice.remedy)
            self._told.show(self._texts.told.format(cause=test.cause or self._texts.dash))

    def _readout(self, name: str, title: str, unit: str) -> tuple[Tag, Tag]:
        with Tag("div", classes="readout") as box:
            Tag("span", title, "readout-name")
            with Tag("span", classes="readout-value"):
                value = Tag("span", data_value=name)
                Tag("span", unit, "unit")
        return box, value

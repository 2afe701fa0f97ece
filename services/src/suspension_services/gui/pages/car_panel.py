"""The vehicle from above: choose a wheel, see what it has, and left against right."""

from __future__ import annotations

from nicegui import ui
from nicegui.events import GenericEventArguments
from suspension_protocol.models import ResultLimits, WheelPosition

from suspension_services.gui.axles import Axle, difference
from suspension_services.gui.desk import Desk
from suspension_services.gui.pages.tag import Tag, icon
from suspension_services.gui.records import Record
from suspension_services.gui.shown_test import Stage
from suspension_services.gui.texts import Texts

_CAR = """\
<svg viewBox="0 0 200 420" aria-hidden="true">
  <path class="body" d="M16 152 3 158v11l13 2zM184 152l13 6v11l-13 2z"/>
  <path class="body" d="M100 8c50 0 76 14 80 52l4 92v142l-4 80c-4 28-30 38-80 38s-76-10-80-38
    l-4-80V152l4-92C24 22 50 8 100 8z"/>
  <path class="edge" d="M52 116c8-34 8-58 4-90M148 116c-8-34-8-58-4-90M58 404c2-14 2-24 0-34
    M142 404c-2-14-2-24 0-34"/>
  <path class="glass" d="M38 136c40-20 84-20 124 0l-13 38c-32-12-66-12-98 0zM54 314c30 9 62 9 92 0
    l12 34c-38 13-78 13-116 0z"/>
  <path class="glass" d="m34 150 12 34v112l-12 36zM166 150l-12 34v112l12 36z" opacity=".6"/>
</svg>"""


class CarPanel:
    """The panel of the vehicle."""

    def __init__(self, desk: Desk, texts: Texts) -> None:
        self._desk, self._texts = desk, texts
        self._wheels: dict[WheelPosition, tuple[Tag, Tag, Tag]] = {}
        self._axles: dict[Axle, tuple[Tag, Tag]] = {}
        with Tag("section", classes="card vehicle", aria_label=texts.vehicle):
            self._build_name()
            with Tag("div", classes="car", role="group", aria_label=texts.wheels_label):
                ui.html(_CAR, sanitize=False).classes("car-picture")
                for axle in Axle:
                    left, right = axle.wheels
                    self._build_wheel(left)
                    self._build_axle(axle)
                    self._build_wheel(right)
            self._report = Tag("a", classes="button plain wide", target="_blank")
            with self._report:
                icon("print")
                Tag("span", texts.report)
        with ui.dialog() as self._question, Tag("section", classes="sheet small"):
            Tag("h2", texts.new_vehicle)
            Tag("p", texts.new_vehicle_question)
            with Tag("div", classes="actions"):
                Tag("button", texts.close, "plain", type="button").on("click", self._question.close)
                Tag("button", texts.new_vehicle, "primary", type="button").on("click", self._renew)
        self._question.props(f'aria-label="{texts.new_vehicle}"')

    def update(self) -> None:
        """Show the vehicle as it is now."""
        bench, texts = self._desk.bench, self._texts
        self._name.show(value=bench.visit.label)
        self._new.show(disabled=bench.is_busy)
        for position in WheelPosition:
            self._show_wheel(position, bench.wheels.get(position))
        for axle, (chip, note) in self._axles.items():
            found = difference(axle, bench.wheels)
            if found is None:
                chip.show(texts.dash, data_state="open")
                note.show(texts.imbalance_open)
                continue
            limit = found.limits.max_imbalance if isinstance(found.limits, ResultLimits) else None
            words = texts.imbalance_over if found.imbalance.exceeded else texts.imbalance_fine
            chip.show(
                texts.amount(found.imbalance.min_phase_shift, "%", 0),
                data_state="over" if found.imbalance.exceeded else "fine",
            )
            note.show(texts.bound(words, limit, "%"))
        self._report.show(
            hidden=not bench.wheels,
            href=f"/report/{texts.language}/visit/{bench.visit.visit_id}.pdf",
        )

    # ---- parts -------------------------------------------------------------------------------

    def _build_name(self) -> None:
        texts = self._texts
        with Tag("div", classes="vehicle-head"):
            with Tag("label", classes="field"):
                Tag("span", texts.vehicle_label)
                self._name = Tag(
                    "input", type="text", maxlength=40, autocomplete="off", spellcheck="false",
                    placeholder=texts.vehicle_hint, value=self._desk.bench.visit.label,
                )  # fmt: skip
            self._name.on("change", self._rename, js_handler="(event) => emit(event.target.value)")
            self._new = Tag("button", classes="plain", type="button")
            with self._new:
                icon("add")
                Tag("span", texts.new_vehicle)
            self._new.on("click", self._ask_new)

    def _build_wheel(self, position: WheelPosition) -> None:
        with Tag("button", classes="wheel", type="button", data_wheel=position.value) as button:
            Tag("span", self._texts.wheels_short[position], "wheel-name")
            value = Tag("span", classes="wheel-value")
            verdict = Tag("span", classes="wheel-verdict")
        button.on("click", lambda: self._select(position))
        self._wheels[position] = button, value, verdict

    def _build_axle(self, axle: Axle) -> None:
        texts = self._texts
        name = texts.front if axle is Axle.FRONT else texts.rear
        with Tag("div", classes="axle", title=texts.imbalance_of.format(axle=name.lower())):
            Tag("span", texts.imbalance, "axle-name")
            chip = Tag("span", classes="axle-value", data_axle=axle.value)
            note = Tag("span", classes="axle-note")
        self._axles[axle] = chip, note

    def _show_wheel(self, position: WheelPosition, record: Record | None) -> None:
        button, value, verdict = self._wheels[position]
        bench, texts = self._desk.bench, self._texts
        test = bench.test
        active = bench.is_busy and test is not None and test.position is position
        if active and test is not None:
            state, shown, said = "active", f"{test.progress * 100:.0f} %", texts.stages[test.stage]
        elif record is None or record.result is None:
            state, shown, said = "open", texts.dash, texts.not_tested
        else:
            passed = record.stage is Stage.PASSED
            state = "passed" if passed else "failed"
            shown = texts.amount(record.result.min_phase_shift, "°")
            said = texts.verdict_passed if passed else texts.verdict_failed
        button.show(
            data_state=state,
            aria_pressed="true" if bench.selected is position else "false",
            aria_label=f"{texts.wheels[position]}: {shown}, {said}",
            aria_disabled="true" if bench.is_busy else None,
        )
        value.show(shown)
        verdict.show(said)

    def _select(self, position: WheelPosition) -> None:
        if not self._desk.bench.is_busy:
            self._desk.select(position)

    def _rename(self, event: GenericEventArguments) -> None:
        self._desk.name_vehicle(str(event.args)[:40])

    def _ask_new(self) -> None:
        if self._desk.bench.wheels:
            self._question.open()
        else:
            self._renew()

    def _renew(self) -> None:
        self._question.close()
        if not self._desk.bench.is_busy:
            self._desk.new_vehicle()

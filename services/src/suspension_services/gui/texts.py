"""What a catalogue of texts has to have; `english` and `german` are the two there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from suspension_protocol.models import ServiceState, WheelPosition

from suspension_services.gui.causes import Cause
from suspension_services.gui.indicators import Level
from suspension_services.gui.shown_test import Stage


@dataclass(frozen=True, slots=True)
class Advice:
    """What has happened, and what to do about it."""

    title: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """All words of the GUI in one language; what a catalogue lacks is an error of the type checker.

    Names in braces are filled in with `str.format`.
    """

    language: str  # of the page, such as `de`
    decimal_comma: bool
    date_format: str  # of `strftime`
    # the frame
    title: str
    nav_test: str
    nav_history: str
    nav_label: str
    language_label: str
    theme_label: str
    skip: str
    # services
    services: str
    service_names: Mapping[str, str]
    service_states: Mapping[ServiceState, str]
    levels: Mapping[Level, str]
    broker: str
    broker_here: str
    broker_away: str
    broker_away_advice: str
    not_heard: str
    service_advice: Mapping[str, str]
    memory: str
    processor: str
    # the vehicle
    vehicle: str
    vehicle_label: str
    vehicle_hint: str
    new_vehicle: str
    new_vehicle_question: str
    wheels: Mapping[WheelPosition, str]
    wheels_short: Mapping[WheelPosition, str]
    wheels_label: str
    front: str
    rear: str
    not_tested: str
    imbalance: str
    imbalance_of: str
    imbalance_open: str
    imbalance_fine: str
    imbalance_over: str
    # the test
    start: str
    stop: str
    start_of: str
    retry: str
    duration: str
    ready: str
    ready_hint: str
    stages: Mapping[Stage, str]
    stage_hints: Mapping[Stage, str]
    hindered_broker: str
    hindered_services: str
    keys_hint: str
    progress: str
    frequency: str
    phase_shift: str
    force: str
    elapsed: str
    static_weight: str
    # charts
    phase_chart: str
    force_chart: str
    limit: str
    evaluated: str
    chart_empty: str
    phase_chart_label: str
    force_chart_label: str
    # results
    result: str
    verdict_passed: str
    verdict_failed: str
    no_verdict: str
    min_phase_shift: str
    rfa_max: str
    rigidity: str
    value: str
    limit_at_least: str
    limit_at_most: str
    dash: str
    other_wheel_open: str
    close: str
    next_wheel: str
    report: str
    what_happened: str
    what_to_do: str
    told: str
    causes: Mapping[Cause, Advice]
    # the history
    history_title: str
    history_empty: str
    history_search: str
    column_time: str
    column_vehicle: str
    column_wheel: str
    column_verdict: str
    open_test: str
    unnamed: str
    # the report
    report_title: str
    report_date: str
    report_overall: str
    report_all_passed: str
    report_some_failed: str
    report_incomplete: str
    imbalance_exceeded: str
    imbalance_kept: str
    report_note: str
    report_page: str
    signature: str
    not_found: str

    def number(self, value: float, digits: int = 1) -> str:
        """Write a number as the language does."""
        text = f"{value:.{digits}f}"
        return text.replace(".", ",") if self.decimal_comma else text

    def amount(self, value: object, unit: str, digits: int = 1) -> str:
        """Write a value with its unit, or a dash if there is none."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self.dash
        space = "" if unit == "°" else "\N{NO-BREAK SPACE}"
        return f"{self.number(value, digits)}{space}{unit}"

    def bound(self, words: str, limit: object, unit: str) -> str:
        """Write a limit in words that have a place for it, or a dash if there is none."""
        if not isinstance(limit, float):
            return self.dash
        return words.format(limit=self.amount(limit, unit, 0 if limit.is_integer() else 1))

    def moment(self, seconds: float) -> str:
        """Write a point in time, in s since the epoch, by the clock of this machine."""
        return datetime.fromtimestamp(seconds).strftime(self.date_format)

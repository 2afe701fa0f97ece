"""The words of the GUI: complete in both languages, and advice for whatever services say."""

import dataclasses
import string
from enum import Enum

import pytest
from suspension_protocol.models import ServiceState, WheelPosition
from suspension_services.gui.bench_state import LOST, NO_ANSWER, NO_RESULT
from suspension_services.gui.catalogue import CATALOGUE, preferred
from suspension_services.gui.causes import Cause, kind_of
from suspension_services.gui.english import ENGLISH
from suspension_services.gui.german import GERMAN
from suspension_services.gui.indicators import OPTIONAL, REQUIRED, Level
from suspension_services.gui.shown_test import Stage

FIELDS = [field.name for field in dataclasses.fields(ENGLISH)]


def places(text: object) -> set[str]:
    """Return the names in braces of a text, or of all texts that it is made of."""
    if isinstance(text, str):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}
    if dataclasses.is_dataclass(text):
        return {name for value in dataclasses.astuple(text) for name in places(value)}
    return set()


@pytest.mark.parametrize("name", FIELDS)
def test_both_languages_have_the_same_places_to_fill_in(name: str):
    english, german = getattr(ENGLISH, name), getattr(GERMAN, name)
    if isinstance(english, dict):
        assert english.keys() == german.keys()
        for key in english:
            assert places(english[key]) == places(german[key])
    assert places(english) == places(german)
    assert german != "", name


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("wheels", WheelPosition), ("wheels_short", WheelPosition), ("stages", Stage),
        ("stage_hints", Stage), ("levels", Level), ("service_states", ServiceState),
        ("causes", Cause),
    ],
)  # fmt: skip
def test_there_is_a_text_for_each_case(name: str, keys: type[Enum]):
    for texts in CATALOGUE.values():
        assert set(getattr(texts, name)) == set(keys)
        assert set(texts.service_names) == set(texts.service_advice) == {*REQUIRED, *OPTIONAL}


def test_numbers_are_written_as_the_language_does():
    space = "\N{NO-BREAK SPACE}"
    assert ENGLISH.amount(65.12, "°") == "65.1°"
    assert GERMAN.amount(65.12, "°") == "65,1°"
    assert GERMAN.amount(44.96, "%") == f"45,0{space}%"
    assert GERMAN.amount(None, "N") == "\N{EN DASH}"
    assert GERMAN.bound(GERMAN.limit_at_least, 35.0, "°") == "mindestens 35°"
    assert GERMAN.bound(GERMAN.limit_at_most, 32.5, "%") == f"höchstens 32,5{space}%"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de"), ("en-GB,de;q=0.5", "en"), ("fr,de;q=0.3,en;q=0.2", "de"),
        ("en;q=0.2,de;q=0.9", "de"), ("", "en"), ("fr", "en"), ("de;q=x", "en"),
    ],
)  # fmt: skip
def test_the_browser_says_which_language_it_wants(header: str, language: str):
    assert preferred(header).language == language


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("stopped by the user", Cause.STOPPED),
        ("busy with the test 2026-front_left", Cause.BUSY),
        ("the bench is busy with 2026-front_left", Cause.BUSY),
        ("it was not signed", Cause.UNSIGNED),
        ("the bench: no wheel stands still on the left platform", Cause.NO_WHEEL),
        ("there is no wheel on the platform", Cause.NO_WHEEL),
        ("the bench was not ready within 40 s", Cause.NO_WHEEL),
        ("nothing heard of the bench for 1 s", Cause.BENCH_SILENT),
        ("the bench: nothing heard of the bench for 1 s", Cause.BENCH_SILENT),
        ("the motor has not started within 5 s", Cause.MOTOR),
        ("the motor does not start", Cause.MOTOR),
        ("load cell 2 has shown the same value all the time", Cause.SENSOR),
        ("the recording cannot be judged: no samples from 3.00 s to 3.50 s", Cause.RECORDING),
        ("the bridge to the bench is offline", Cause.BRIDGE_GONE),
        ("the bridge has been stopped", Cause.BRIDGE_GONE),
        ("the processing does not answer within 15 s", Cause.PROCESSING_GONE),
        ("there is no result within 60 s", Cause.PROCESSING_GONE),
        ("the orchestrator was restarted before it had begun", Cause.ORCHESTRATOR_GONE),
        ("the orchestrator has been stopped", Cause.ORCHESTRATOR_GONE),
        (NO_ANSWER, Cause.ORCHESTRATOR_GONE),
        ("nothing heard of the test within 8 s", Cause.LOST),
        (LOST, Cause.LOST), (NO_RESULT, Cause.LOST),
        ("a duration of 500 s; the bench takes 1 to 100 s", Cause.PARAMETERS),
        ("the method resonance is not carried out; phase_shift is", Cause.PARAMETERS),
        ("something new", Cause.OTHER), ("", Cause.OTHER),
    ],
)  # fmt: skip
def test_what_services_say_leads_to_the_right_advice(told: str, kind: Cause):
    assert kind_of(told) is kind

"""The history of the GUI on disk, and the report that is printed of it."""

import io
import math
import sqlite3
from pathlib import Path

import pytest
from pypdf import PdfReader
from suspension_protocol.models import WheelPosition
from suspension_services.gui import report
from suspension_services.gui.catalogue import CATALOGUE
from suspension_services.gui.history import History, HistoryUnusable
from suspension_services.gui.records import Record, Visit
from suspension_services.gui.shown_test import Stage

from tests.services import gui_messages as say

VISIT = Visit("visit-1", "M-ÄB 1 Łódź", 10.0)
PHASE = tuple((25 - n * 0.05, 110 + 60 * math.cos(n / 60)) for n in range(400))
FORCE = (*((n / 100, 3500 + 900 * math.sin(n)) for n in range(2500)), (26.0, None), (26.0, 3500.0))


def record(
    test_id: str, position: WheelPosition = WheelPosition.FRONT_LEFT, *, ended: float = 20.0,
    phase_shift: float | None = 52.5, imbalance: float | None = None, visit: str = "visit-1",
) -> Record:  # fmt: skip
    judged = phase_shift is not None
    stage = Stage.ERROR if not judged else Stage.PASSED if phase_shift >= 35 else Stage.FAILED
    return Record(
        test_id=test_id, position=position, visit_id=visit, label=VISIT.label, begun=ended - 5,
        ended=ended, stage=stage, cause="" if judged else "the motor does not start",
        static_weight=3512.0, phase_curve=PHASE, force_curve=FORCE,
        result=say.result(test_id, position, phase_shift, imbalance) if judged else None,
    )  # fmt: skip


@pytest.fixture
def history(tmp_path: Path):
    history = History(tmp_path / "state" / "history.sqlite")
    history.keep_visit(VISIT)
    yield history
    history.close()


def test_tests_come_back_as_they_were_after_a_restart(history: History, tmp_path: Path):
    kept = [record("a"), record("b", WheelPosition.REAR_LEFT, phase_shift=None, ended=30.0)]
    for one in kept:
        history.add(one)
    # The process is killed: the file is not closed.
    again = History(tmp_path / "state" / "history.sqlite")
    assert [again.find("a"), again.find("b")] == kept
    assert again.find("c") is None
    assert again.last_visit() == VISIT
    assert again.ids(10) == ["a", "b"]
    assert [one.test_id for one in again.recent()] == ["b", "a"]
    assert again.recent()[0].phase_curve == (), "a list needs no curves"
    again.close()


def test_a_vehicle_that_is_named_later_has_its_name_in_all_its_tests(history: History):
    history.add(record("a"))
    history.keep_visit(Visit(VISIT.visit_id, "B-XY 9", VISIT.begun))
    assert history.find("a").label == "B-XY 9"
    assert [one.test_id for one in history.recent(search="b-xy")] == ["a"]
    assert history.recent(search="%") == []
    assert history.recent(search="Łódź") == []


def test_of_each_wheel_the_last_judged_test_counts(history: History):
    for one in (
        record("a", ended=20.0, phase_shift=20.0), record("b", ended=30.0),
        record("c", ended=40.0, phase_shift=None), record("d", ended=50.0, visit="visit-2"),
        record("e", WheelPosition.REAR_RIGHT),
    ):  # fmt: skip
        history.add(one)
    found = history.of_visit("visit-1")
    assert {position: one.test_id for position, one in found.items()} == {
        WheelPosition.FRONT_LEFT: "b", WheelPosition.REAR_RIGHT: "e"
    }  # fmt: skip


def test_a_test_that_ended_otherwise_after_all_is_kept_once(history: History):
    history.add(record("a", phase_shift=None))
    before = history.changes
    history.add(record("a"))
    assert [one.stage for one in history.recent()] == [Stage.PASSED]
    assert history.changes > before


def test_what_is_no_history_is_refused_with_what_to_do(tmp_path: Path):
    (tmp_path / "text").write_text("this is not a database, and long enough to be seen as none" * 9)
    with pytest.raises(HistoryUnusable, match=r"text cannot be used: .*name another one with --hi"):
        History(tmp_path / "text")
    newer = sqlite3.connect(tmp_path / "newer")
    newer.execute("PRAGMA user_version = 7")
    newer.close()
    with pytest.raises(HistoryUnusable, match=r"newer is of version 7, this program knows 1"):
        History(tmp_path / "newer")


# ---- the report ----------------------------------------------------------------------------------


def text_of(content: bytes) -> tuple[str, int]:
    reader = PdfReader(io.BytesIO(content))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    return text.replace("\N{NO-BREAK SPACE}", " "), len(reader.pages)


FOUR = {
    WheelPosition.FRONT_LEFT: record("a", WheelPosition.FRONT_LEFT, phase_shift=65.1),
    WheelPosition.FRONT_RIGHT: record(
        "b", WheelPosition.FRONT_RIGHT, phase_shift=61.5, imbalance=5.6, ended=30.0
    ),
    WheelPosition.REAR_LEFT: record("c", WheelPosition.REAR_LEFT, phase_shift=52.4),
    WheelPosition.REAR_RIGHT: record(
        "d", WheelPosition.REAR_RIGHT, phase_shift=26.2, imbalance=50.1, ended=40.0
    ),
}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Suspension test report", "Failed", "At least one wheel has failed.", "65.1°",
                "at least 35°", "44.9 %", "210 N/mm", "3512 N", "5.6 %", "at most 30 %",
                "within limit", "50.1 %", "over limit", "no conformity", "Page 1 of 2"]),
        ("de", ["Prüfbericht Fahrwerk", "Nicht bestanden", "65,1°", "mindestens 35°", "44,9 %",
                "5,6 %", "höchstens 30 %", "eingehalten", "50,1 %", "überschritten",
                "Größter Kraftverlust (RFA)", "Seite 1 von 2"]),
    ],
)  # fmt: skip
def test_the_report_of_a_vehicle_says_all_of_it(language: str, words: list[str]):
    texts = CATALOGUE[language]
    text, pages = text_of(report.build(FOUR, VISIT.label, texts))
    assert pages == 2
    for word in (*words, VISIT.label, texts.moment(40.0)):
        assert word in text
    for wheel in texts.wheels.values():
        assert wheel[0].upper() + wheel[1:] in text


def test_the_report_says_which_wheels_were_not_tested():
    one = {WheelPosition.FRONT_LEFT: FOUR[WheelPosition.FRONT_LEFT]}
    text, pages = text_of(report.build(one, "", CATALOGUE["en"]))
    assert pages == 1
    assert "All tested wheels have passed. Not tested: front right, rear left, rear right." in text
    assert "no name" in text
    assert "over limit" not in text
    single, _ = text_of(report.build(one, "", CATALOGUE["en"], whole=False))
    assert "Not tested" not in single


def test_the_report_of_a_test_without_points_is_still_one():
    bare = Record(
        test_id="a", position=WheelPosition.FRONT_LEFT, visit_id="", begun=1.0, ended=2.0,
        stage=Stage.PASSED, result=say.result("a"),
    )  # fmt: skip
    text, _ = text_of(report.build({bare.position: bare}, "", CATALOGUE["de"]))
    assert "52,5°" in text

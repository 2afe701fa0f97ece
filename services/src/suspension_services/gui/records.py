"""Tests that are over, as the history keeps them. Pure: no I/O, no clock."""

from __future__ import annotations

from dataclasses import dataclass

from suspension_protocol.models import TestResult, WheelPosition

from suspension_services.gui.curves import Point
from suspension_services.gui.shown_test import ShownTest, Stage


@dataclass(frozen=True, slots=True)
class Visit:
    """A vehicle on the bench: an id that goes over the wire, and what it is called here.

    The wheels of an axle are compared within a visit, so that those of last year are not. The
    `label`, such as a number plate, never leaves the GUI.
    """

    visit_id: str
    label: str
    begun: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A test that is over. `stage` says how it has ended, `cause` why it has no verdict.

    `phase_curve` has degrees over Hz, `force_curve` N over s.
    """

    test_id: str
    position: WheelPosition
    visit_id: str
    label: str = ""
    begun: float
    ended: float
    stage: Stage
    cause: str = ""
    static_weight: float | None = None
    result: TestResult | None = None
    phase_curve: tuple[Point, ...] = ()
    force_curve: tuple[Point, ...] = ()

    @classmethod
    def of(cls, test: ShownTest, label: str = "") -> Record:
        """Make the record of a test that has just ended, with the name of its vehicle."""
        return cls(
            test_id=test.test_id,
            position=test.position,
            visit_id=test.visit,
            label=label,
            begun=test.begun,
            ended=test.begun if test.ended is None else test.ended,
            stage=test.stage,
            cause=test.cause,
            static_weight=test.static_weight,
            result=test.result,
            phase_curve=tuple(test.phase_curve.points),
            force_curve=tuple(test.force_curve.points),
        )

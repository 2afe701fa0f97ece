"""Why a test has no verdict, by the words of whoever ended it. Pure: no I/O, no clock."""

from __future__ import annotations

import re
from enum import StrEnum

from suspension_services.gui.bench_state import LOST, NO_ANSWER, NO_RESULT

STOPPED_HERE = "stopped by the user"


class Cause(StrEnum):
    """Kinds of reasons, each with its own advice in the texts."""

    STOPPED = "stopped"
    BUSY = "busy"
    UNSIGNED = "unsigned"
    NO_WHEEL = "no_wheel"
    BENCH_SILENT = "bench_silent"
    MOTOR = "motor"
    SENSOR = "sensor"
    RECORDING = "recording"
    BRIDGE_GONE = "bridge_gone"
    PROCESSING_GONE = "processing_gone"
    ORCHESTRATOR_GONE = "orchestrator_gone"
    LOST = "lost"
    PARAMETERS = "parameters"
    OTHER = "other"


# The first that fits counts. The words are those of orchestrator, bridge and processing; what
# none of them knows is shown as it is, with general advice.
_WORDS = (
    (Cause.STOPPED, re.escape(STOPPED_HERE)),
    (Cause.BUSY, r"^busy with|the bench is busy|the bench: busy"),
    (Cause.UNSIGNED, r"it was not signed"),
    (Cause.RECORDING, r"the recording cannot be judged"),
    (Cause.SENSOR, r"load cell|nothing was recorded"),
    (Cause.NO_WHEEL, r"no wheel (stands still )?on the|the bench was not ready"),
    (Cause.MOTOR, r"the motor "),
    (Cause.BENCH_SILENT, r"nothing heard of the bench"),
    (Cause.BRIDGE_GONE, r"^the bridge "),
    (Cause.PROCESSING_GONE, r"the processing does not answer|there is no result"),
    (Cause.ORCHESTRATOR_GONE, rf"the orchestrator (was|has been)|{re.escape(NO_ANSWER)}"),
    (Cause.LOST, rf"nothing heard of the test|{re.escape(LOST)}|{re.escape(NO_RESULT)}"),
    (Cause.PARAMETERS, r"^a (duration|frequency_range) |^the method "),
)


def kind_of(cause: str) -> Cause:
    """Return the kind of a reason."""
    return next((kind for kind, words in _WORDS if re.search(words, cause)), Cause.OTHER)

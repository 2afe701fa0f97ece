"""The test that is being carried out, on disk, so that it comes to an end whatever happens."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError
from suspension_protocol.models import TestMethod, TestParameters, WheelPosition

from suspension_services.logs import get_logger

log = get_logger(__name__)


class Phase(StrEnum):
    """How far a test has come."""

    PREPARING = "preparing"
    RUNNING = "running"
    JUDGING = "judging"


class TestEntry(BaseModel):
    """A test as the journal has it."""

    __test__ = False  # for pytest: not a test
    model_config = ConfigDict(frozen=True, extra="forbid")

    test_id: str
    position: WheelPosition
    method: TestMethod = TestMethod.PHASE_SHIFT
    parameters: TestParameters
    phase: Phase = Phase.PREPARING


class Journal:
    """A file with the test that is not over yet; a crash leaves the old or the new content."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, entry: TestEntry) -> None:
        """Note the test; returns when it is on the disk. Raises `OSError`."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_suffix(".new")
        with new.open("w", encoding="utf-8") as file:
            file.write(entry.model_dump_json(exclude_unset=False))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)

    def read(self) -> TestEntry | None:
        """Return the test that was not over when the service ended, if there is one."""
        try:
            return TestEntry.model_validate_json(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValidationError as error:
            log.warning("journal not readable", file=str(self._path), reason=str(error))
            return None

    def clear(self) -> None:
        """Note that the test is over."""
        self._path.unlink(missing_ok=True)

"""What a bench can be asked for. Pure: no I/O, no clock."""

from __future__ import annotations

from suspension_protocol.models import TestParameters

_DURATIONS = 1.0, 100.0  # s
_FREQUENCIES = 1.0, 50.0  # Hz


def problem(parameters: TestParameters) -> str | None:
    """Return why a sweep with these parameters cannot be had, or None."""
    shortest, longest = _DURATIONS
    if not shortest <= parameters.duration <= longest:
        return (
            f"a duration of {parameters.duration:g} s; "
            f"the bench takes {shortest:g} to {longest:g} s"
        )
    low, high = parameters.frequency_range
    lowest, highest = _FREQUENCIES
    if not lowest <= low < high <= highest:
        return (
            f"a frequency_range from {low:g} to {high:g} Hz; it has to go from a lower to a "
            f"higher one, within {lowest:g} to {highest:g} Hz"
        )
    return None

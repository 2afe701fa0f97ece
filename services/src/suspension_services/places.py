"""Where the files of this user's services are."""

from __future__ import annotations

import os
from pathlib import Path


def state_file(name: str) -> Path:
    """Return the place of a file that outlives the process, by the rules of freedesktop.org."""
    state = os.environ.get("XDG_STATE_HOME")
    folder = Path(state) if state else Path.home() / ".local" / "state"
    return folder / "suspension" / name

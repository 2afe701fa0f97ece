"""Whether compiled modules are to be used, where they were built."""

import os

# TOPICWIRE_PURE_PYTHON=1 takes their sources as they are.
WANTED = os.environ.get("TOPICWIRE_PURE_PYTHON", "") in ("", "0")

"""The quick look at instances: compiled where that was possible, else the source as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topicwire._compiled import WANTED

if TYPE_CHECKING or not WANTED:
    from topicwire._instance_check_py import Encoder, FieldCheck, InstanceCheck
else:
    try:
        from topicwire._instance_check_c import Encoder, FieldCheck, InstanceCheck
    except ImportError:
        from topicwire._instance_check_py import Encoder, FieldCheck, InstanceCheck

__all__ = ["Encoder", "FieldCheck", "InstanceCheck"]

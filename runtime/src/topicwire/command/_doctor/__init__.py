"""`doctor`: whether everything is there that messages need, each with what to do about it."""

from topicwire.command._doctor.command import add_doctor

__all__ = ["add_doctor"]

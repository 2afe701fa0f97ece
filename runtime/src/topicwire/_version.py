"""The one place that says which version of the runtime this is."""

from importlib.metadata import version

__version__: str = version("topicwire")

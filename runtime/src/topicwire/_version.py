"""The one place that says which version all four distributions are.

`_version.py` of the generator and of the services are links to this file.
"""

__version__ = "0.1.0"

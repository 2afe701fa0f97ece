"""Comparative benchmark of topicwire; run `python -m bench --help`."""

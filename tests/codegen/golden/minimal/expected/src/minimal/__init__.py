# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""Minimal: typed messages over MQTT."""

from topicwire import check_generator

check_generator("0.1.0", package="minimal")

__version__ = "0.1.0"

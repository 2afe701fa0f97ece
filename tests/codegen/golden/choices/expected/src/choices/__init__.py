# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""Choices: typed messages over MQTT."""

from topicwire import check_generator

check_generator("0.1.0", package="choices")

__version__ = "1.0.0"

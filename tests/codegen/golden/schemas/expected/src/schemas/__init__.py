# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""Schemas of all kinds: typed messages over MQTT."""

from topicwire import check_generator

check_generator("0.1.0", package="schemas")

__version__ = "2.0.0-beta.1"

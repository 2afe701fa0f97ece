# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""A protocol with a past: typed messages over MQTT."""

from topicwire import check_generator

check_generator("0.1.0", package="compat")

__version__ = "1"

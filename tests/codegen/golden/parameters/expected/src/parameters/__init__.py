# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""Parameters: typed messages over MQTT.

Addresses with parameters, names that need care, and a "quoted" word with a \\ in it.
"""

from topicwire import check_generator

check_generator("0.1.0", package="parameters")

__version__ = "2.3.4"

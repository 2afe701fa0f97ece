# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""Laboratory: typed messages over MQTT.

Samples that workers divide among them.
"""

from topicwire import check_generator

check_generator("0.1.0", package="partitions")

__version__ = "1.0.0"

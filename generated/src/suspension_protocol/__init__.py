# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""Suspension Tester: typed messages over MQTT.

Messages between the parts of a vehicle suspension tester ("Fahrwerkstester"). A test bench, or a
simulator in its place, shakes one wheel after another on a vibrating platform and measures the tyre
contact force; a processing service computes the phase shift between platform and tyre; an
orchestrator runs the tests; user interfaces start them and show them.

## Apps
The tags of an operation name the apps that perform it:

| app | what it is |
|---|---|
| `gui` | a user interface, of the workshop or of a technician |
| `simulator` | computes a wheel on a platform, in place of a bench |
| `tester` | the bridge to the hardware of the bench (CAN bus, motor, sensors) |
| `backend` | processing and orchestration of the tests |

## Units
| quantity | unit |
|---|---|
| points in time | seconds since the epoch, 1970-01-01 00:00 UTC, with decimals |
| durations | s |
| forces | N |
| positions and displacements | mm |
| frequencies | Hz |
| phase shifts | degrees |
| rigidity of a tyre | N/mm |
| progress | 0 to 1 |

## Delivery
Every channel says in `x-topicwire` how much a message is worth: `live` messages are of use for
seconds only and may be lost while a client is away; `durable` ones must arrive, even late; of
`retained` ones the broker keeps the last for every new subscriber. Channels with `signing:
required` can move heavy machinery, so their messages carry a signature and receivers refuse those
without.

A channel with `batch` also exists with `/batch` after its address, where the payload is a JSON
array of the same messages.
"""

from topicwire import check_generator

check_generator("0.1.0", package="suspension_protocol")

__version__ = "1.0.0"

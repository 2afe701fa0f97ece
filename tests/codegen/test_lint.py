"""Every rule of the lint, with the exact text of what it says."""

import ast
from pathlib import Path
from typing import NamedTuple

import pytest
import topicwire_codegen
from topicwire_codegen.errors import SpecError
from topicwire_codegen.lint import lint
from topicwire_codegen.references import Workspace

DOCUMENT = """\
asyncapi: 3.1.0
info: {title: Rig, version: 1.0.0}
servers:
  main:
    host: '{host}:1883'
    protocol: mqtt
    variables:
      host: {default: localhost, enum: [localhost, broker]}
    bindings: {mqtt: {keepAlive: 60}}
channels:
  status:
    address: rig/{side}/status
    parameters:
      side: {enum: [left, right], default: left}
    messages:
      status: {$ref: '#/components/messages/status'}
    x-topicwire: {delivery: retained}
  command:
    address: rig/command
    messages:
      command: {$ref: '#/components/messages/command'}
operations:
  sendStatus:
    action: send
    summary: Send the status.
    channel: {$ref: '#/channels/status'}
    messages: [{$ref: '#/channels/status/messages/status'}]
    tags: [{name: rig}]
    bindings: {mqtt: {qos: 1, retain: true}}
  receiveCommand:
    action: receive
    summary: Receive a command.
    channel: {$ref: '#/channels/command'}
    tags: [{name: rig}]
components:
  messages:
    status:
      title: Status
      payload: {$ref: '#/components/schemas/Status'}
      examples:
        - payload: {state: idle}
    command:
      title: Command
      payload:
        type: object
        additionalProperties: false
        required: [name]
        properties:
          name: {type: string, pattern: '^[a-z]+$'}
          level: {type: integer, minimum: 0, maximum: 9, default: 3}
        examples:
          - {name: go}
  schemas:
    Status:
      type: object
      additionalProperties: false
      required: [state]
      properties:
        state: {type: string, enum: [idle, busy]}
      examples:
        - {state: busy}
"""


class Case(NamedTuple):
    """What is changed in the document, as (before, after), and the problems that come of it."""

    edits: list[tuple[str, str]]
    problems: str


CASES = {
    "broken_yaml": Case(
        [
            ("rig/command\n", "rig/command: x\n"),
        ],
        """\
spec.yaml:19:25: #
  unreadable: is not valid YAML: mapping values are not allowed in this context
  remedy: mend the syntax there
""",
    ),
    "duplicate_key": Case(
        [
            ("    address: rig/command\n", "    address: rig/command\n    address: rig/other\n"),
        ],
        """\
spec.yaml:20:5: #/channels/command/address
  unreadable: key 'address' is there twice, first in line 19
  remedy: keep one of them
""",
    ),
    "merge_key": Case(
        [
            ("  command:\n    address", "  command:\n    <<: [title]\n    address"),
        ],
        """\
spec.yaml:19:10: #/channels/command/<<
  unreadable: merges what is no object
  remedy: merge an alias of an object
""",
    ),
    "old_version": Case(
        [
            ("asyncapi: 3.1.0", "asyncapi: 2.6.0"),
        ],
        """\
spec.yaml:1:1: #/asyncapi
  unsupported-version: AsyncAPI version '2.6.0' is not supported
  remedy: use 3.0.0 or 3.1.0; documents of version 2 are converted with `--convert`
""",
    ),
    "no_version": Case(
        [
            ("asyncapi: 3.1.0", "x-asyncapi: 3.1.0"),
        ],
        """\
spec.yaml:1:1: #
  unsupported-version: the document does not say its AsyncAPI version
  remedy: begin it with `asyncapi: 3.1.0`
""",
    ),
    "channel_as_text": Case(
        [
            (
                "  command:\n    address: rig/command\n    messages:\n      command: {$ref: '#/components/messages/command'}\n",
                "  command: rig/command\n",
            ),
        ],
        """\
spec.yaml:18:3: #/channels/command
  wrong-type: 'command' is the text 'rig/command', but has to be a channel object
  remedy: write a channel object here
""",
    ),
    "missing_title_of_info": Case(
        [
            ("{title: Rig, version: 1.0.0}", "{version: 1.0.0}"),
        ],
        """\
spec.yaml:2:1: #/info
  missing-field: this info has no 'title'
  remedy: add 'title', which is a text (in quotes if it looks like a number)
""",
    ),
    "version_as_number": Case(
        [
            ("version: 1.0.0", "version: 1.0"),
        ],
        """\
spec.yaml:2:20: #/info/version
  wrong-type: 'version' is the number 1.0, but has to be a text (in quotes if it looks like a number)
  remedy: write a text (in quotes if it looks like a number) here
""",
    ),
    "misspelt_field": Case(
        [
            ("    address: rig/command", "    adress: rig/command"),
        ],
        """\
spec.yaml:19:5: #/channels/command/adress
  unknown-field: a channel has no field 'adress'
  remedy: did you mean 'address'?
""",
    ),
    "dangling_reference": Case(
        [
            ("components/messages/command'", "components/messages/Command'"),
        ],
        """\
spec.yaml:21:17: #/channels/command/messages/command/$ref
  dangling-reference: $ref '#/components/messages/Command' leads nowhere: there is no 'Command' in #/components/messages
  remedy: use one of those there: command
""",
    ),
    "dangling_file": Case(
        [
            ("'#/components/messages/command'", "'other.yaml#/command'"),
        ],
        """\
spec.yaml:21:17: #/channels/command/messages/command/$ref
  dangling-reference: $ref 'other.yaml#/command' leads nowhere: there is no file 'other.yaml'
  remedy: write the path relative to the file that the $ref stands in
""",
    ),
    "endless_schema": Case(
        [
            (
                "        state: {type: string, enum: [idle, busy]}\n",
                "        state: {$ref: '#/components/schemas/Choice'}\n",
            ),
            (
                "    Status:\n",
                "    Choice: {anyOf: [{type: string}, {allOf: [{$ref: '#/components/schemas/Choice'}]}]}\n    Status:\n",
            ),
        ],
        """\
spec.yaml:54:47: #/components/schemas/Choice/anyOf/1/allOf/0
  endless-schema: this schema is a part of itself, so that it never ends to ask what fits it
  remedy: take it out, or put it into a property or the 'items' of an array
""",
    ),
    "deep_schema": Case(
        [
            (
                "        state: {type: string, enum: [idle, busy]}\n",
                "        state: {$ref: '#/components/schemas/S0'}\n",
            ),
            (
                "    Status:\n",
                "".join(
                    f"    S{i}: {{allOf: [{{$ref: '#/components/schemas/S{i + 1}'}}]}}\n"
                    for i in range(400)
                )
                + "    S400: {type: string}\n    Status:\n",
            ),
        ],
        """\
spec.yaml:422:5: #/components/schemas/S368
  deep-schema: this schema has more than 32 layers of allOf, anyOf and oneOf
  remedy: say it with fewer
""",
    ),
    "cyclic_reference": Case(
        [
            (
                "    Status:\n      type: object\n      additionalProperties: false\n      required: [state]\n      properties:\n        state: {type: string, enum: [idle, busy]}\n      examples:\n        - {state: busy}\n",
                "    Status: {$ref: '#/components/schemas/Other'}\n    Other: {$ref: '#/components/schemas/Status'}\n",
            ),
        ],
        """\
spec.yaml:54:14: #/components/schemas/Status/$ref
  cyclic-reference: this $ref leads back to itself: #/components/schemas/Status -> #/components/schemas/Other -> #/components/schemas/Status
  remedy: let one of them be a value instead of a $ref
spec.yaml:55:13: #/components/schemas/Other/$ref
  cyclic-reference: this $ref leads back to itself: #/components/schemas/Other -> #/components/schemas/Status -> #/components/schemas/Other
  remedy: let one of them be a value instead of a $ref
""",
    ),
    "remote_reference": Case(
        [
            ("'#/components/messages/command'", "'https://example.org/a.yaml#/x'"),
        ],
        """\
spec.yaml:21:17: #/channels/command/messages/command/$ref
  remote-reference: $ref 'https://example.org/a.yaml#/x' is on the network; nothing is fetched from there
  remedy: save it beside this document and refer to the file
""",
    ),
    "undefined_variable": Case(
        [
            ("'{host}:1883'", "'{host}:{port}'"),
        ],
        """\
spec.yaml:5:5: #/servers/main/host
  undefined-variable: variable {port} is used, but not declared
  remedy: add 'port' under 'variables'
""",
    ),
    "unused_variable": Case(
        [
            ("'{host}:1883'", "'localhost:1883'"),
        ],
        """\
spec.yaml:8:7: #/servers/main/variables/host
  warning, unused-variable: variable 'host' is declared, but neither host nor pathname uses it
  remedy: use {host} there, or remove the variable
""",
    ),
    "variable_default": Case(
        [
            ("default: localhost, enum", "default: elsewhere, enum"),
        ],
        """\
spec.yaml:8:14: #/servers/main/variables/host/default
  default-not-in-enum: default 'elsewhere' is not one of 'localhost', 'broker'
  remedy: use one of them, or add it to 'enum'
""",
    ),
    "impossible_security": Case(
        [
            (
                "    bindings: {mqtt: {keepAlive",
                "    security: [{type: plain}, {type: scramSha256}]\n    bindings: {mqtt: {keepAlive",
            ),
        ],
        """\
spec.yaml:9:31: #/servers/main/security/1
  impossible-security: server 'main' asks for 'scramSha256', which no MQTT client can give
  remedy: use a scheme of type userPassword, plain, X509, apiKey, oauth2 or openIdConnect
""",
    ),
    "impossible_security_behind_a_reference": Case(
        [
            (
                "    bindings: {mqtt: {keepAlive",
                "    security:\n      - $ref: '#/components/securitySchemes/signed'\n"
                "    bindings: {mqtt: {keepAlive",
            ),
            (
                "components:\n",
                "components:\n  securitySchemes: {signed: {type: asymmetricEncryption}}\n",
            ),
        ],
        """\
spec.yaml:10:9: #/servers/main/security/0
  impossible-security: server 'main' asks for 'asymmetricEncryption', which no MQTT client can give
  remedy: use a scheme of type userPassword, plain, X509, apiKey, oauth2 or openIdConnect
""",
    ),
    "key_in_a_cookie": Case(
        [
            (
                "    bindings: {mqtt: {keepAlive",
                "    security: [{type: apiKey, in: cookie}]\n    bindings: {mqtt: {keepAlive",
            ),
        ],
        """\
spec.yaml:9:16: #/servers/main/security/0
  impossible-security: server 'main' asks for an apiKey, but not in the user name or the password
  remedy: set 'in' of the scheme to user or password
""",
    ),
    "security_as_text": Case(
        [
            (
                "    bindings: {mqtt: {keepAlive",
                "    security: [password]\n    bindings: {mqtt: {keepAlive",
            ),
        ],
        """\
spec.yaml:9:16: #/servers/main/security/0
  wrong-type: '0' is the text 'password', but has to be a scheme object
  remedy: write a scheme object here
""",
    ),
    "missing_address": Case(
        [
            ("    address: rig/command\n", ""),
        ],
        """\
spec.yaml:18:3: #/channels/command
  missing-address: the channel has no address, so nothing can be published to it
  remedy: add the topic as 'address'; only a channel for replies may leave it to the request
""",
    ),
    "wildcard_plus": Case(
        [
            ("address: rig/command", "address: rig/+/command"),
        ],
        """\
spec.yaml:19:5: #/channels/command/address
  wildcard-in-address: address 'rig/+/command' contains wildcard '+', to which nothing can be published
  remedy: use a parameter in braces for the part that changes
""",
    ),
    "wildcard_hash": Case(
        [
            ("address: rig/command", "address: 'rig/#'"),
        ],
        """\
spec.yaml:19:5: #/channels/command/address
  wildcard-in-address: address 'rig/#' contains wildcard '#', to which nothing can be published
  remedy: use a parameter in braces for the part that changes
""",
    ),
    "nul_in_address": Case(
        [
            ("address: rig/command", 'address: "rig\\0command"'),
        ],
        """\
spec.yaml:19:5: #/channels/command/address
  wildcard-in-address: address 'rig\\x00command' contains NUL, to which nothing can be published
  remedy: use a parameter in braces for the part that changes
""",
    ),
    "unbalanced_braces": Case(
        [
            ("address: rig/command", "address: 'rig/{command'"),
        ],
        """\
spec.yaml:19:5: #/channels/command/address
  unbalanced-braces: address 'rig/{command' has a brace without its partner
  remedy: write each parameter as {name}
""",
    ),
    "reserved_address": Case(
        [
            ("address: rig/command", "address: $SYS/command"),
        ],
        """\
spec.yaml:19:5: #/channels/command/address
  warning, reserved-address: address '$SYS/command' begins with '$', which brokers keep for themselves
  remedy: begin it with another character, unless your broker has this topic
""",
    ),
    "duplicate_address": Case(
        [
            ("address: rig/command", "address: 'rig/{other}/status'\n    parameters: {other: {}}"),
        ],
        """\
spec.yaml:19:5: #/channels/command/address
  duplicate-address: address 'rig/{other}/status' has the same topics as that of the channel in line 11
  remedy: give each channel an address of its own, or make them one channel with several messages
""",
    ),
    "address_of_a_batch": Case(
        [
            (
                "address: rig/command",
                "address: 'rig/{side}/status/batch'\n    parameters: {side: {}}",
            ),
            ("{delivery: retained}", "{batch: {}}"),
            ("retain: true", "retain: false"),
        ],
        """\
spec.yaml:19:5: #/channels/command/address
  duplicate-address: address 'rig/{side}/status/batch' has the same topics as that of the channel in line 11
  remedy: give each channel an address of its own, or make them one channel with several messages
""",
    ),
    "undeclared_parameter": Case(
        [
            ("    parameters:\n      side: {enum: [left, right], default: left}\n", ""),
        ],
        """\
spec.yaml:12:5: #/channels/status/address
  warning, undeclared-parameter: parameter {side} of address 'rig/{side}/status' is not declared
  remedy: add 'side' under 'parameters'
""",
    ),
    "unused_parameter": Case(
        [
            ("address: rig/{side}/status", "address: rig/status"),
        ],
        """\
spec.yaml:14:7: #/channels/status/parameters/side
  warning, unused-parameter: parameter 'side' is declared, but address 'rig/status' does not use it
  remedy: use {side} in the address, or remove the parameter
""",
    ),
    "repeated_parameter": Case(
        [
            ("address: rig/{side}/status", "address: rig/{side}/{side}"),
        ],
        """\
spec.yaml:12:5: #/channels/status/address
  repeated-parameter: parameter {side} is used twice in address 'rig/{side}/{side}'
  remedy: give each place a parameter of its own
""",
    ),
    "parameter_value": Case(
        [
            ("enum: [left, right]", "enum: [left, 'a/b', '']"),
        ],
        """\
spec.yaml:14:27: #/channels/status/parameters/side/enum/1
  unusable-parameter-value: 'a/b' cannot be a part of a topic
  remedy: use a text that is not empty and has no '/', '+', '#' or NUL in it
spec.yaml:14:34: #/channels/status/parameters/side/enum/2
  unusable-parameter-value: '' cannot be a part of a topic
  remedy: use a text that is not empty and has no '/', '+', '#' or NUL in it
""",
    ),
    "parameter_default": Case(
        [
            ("default: left", "default: top"),
        ],
        """\
spec.yaml:14:35: #/channels/status/parameters/side/default
  default-not-in-enum: default 'top' is not one of 'left', 'right'
  remedy: use one of them, or add it to 'enum'
""",
    ),
    "channel_without_message": Case(
        [
            (
                "    messages:\n      command: {$ref: '#/components/messages/command'}\n",
                "    messages: {}\n",
            ),
        ],
        """\
spec.yaml:18:3: #/channels/command
  warning, channel-without-message: the channel has no message, so whatever is sent over it is bytes
  remedy: add a message under 'messages'
""",
    ),
    "message_without_payload": Case(
        [
            (
                "      payload: {$ref: '#/components/schemas/Status'}\n      examples:\n        - payload: {state: idle}\n",
                "",
            ),
        ],
        """\
spec.yaml:37:5: #/components/messages/status
  warning, message-without-payload: nothing is said of the message's payload, so it is bytes
  remedy: add the JSON Schema of its payload under 'payload'
""",
    ),
    "headers": Case(
        [
            ("      title: Status\n", "      title: Status\n      headers: {type: array}\n"),
        ],
        """\
spec.yaml:39:17: #/components/messages/status/headers/type
  invalid-headers: headers of type 'array' have no names to travel under
  remedy: make it an object with a property for each header
""",
    ),
    "reserved_header": Case(
        [
            (
                "      title: Status\n",
                "      title: Status\n      headers: {properties: {sig: {type: string}}}\n",
            ),
        ],
        """\
spec.yaml:39:30: #/components/messages/status/headers/properties/sig
  reserved-header: header 'sig' is one of those that topicwire itself sends
  remedy: give it another name
""",
    ),
    "headers_in_the_outbox": Case(
        [
            (
                "      title: Status\n",
                "      title: Status\n      headers: {properties: {a: {}}}\n",
            ),
            ("{delivery: retained}", "{delivery: durable}"),
            ("qos: 1, retain: true", "qos: 1"),
        ],
        """\
spec.yaml:17:19: #/channels/status/x-topicwire/delivery
  contradictory-settings: message 'status' has headers, and the outbox keeps no headers
  remedy: move the headers into the payload, or remove 'delivery'
""",
    ),
    "batches_of_bytes": Case(
        [
            ("      title: Command\n", "      title: Command\n      contentType: image/png\n"),
            ("address: rig/command\n", "address: rig/command\n    x-topicwire: {batch: {}}\n"),
        ],
        """\
spec.yaml:20:19: #/channels/command/x-topicwire/batch
  contradictory-settings: a channel whose messages are bytes cannot be batched: a batch is an array of JSON
  remedy: remove 'batch', or write the JSON Schema of all payloads
""",
    ),
    "location_of_a_parameter": Case(
        [
            ("side: {enum", "side: {location: state, enum"),
        ],
        """\
spec.yaml:14:14: #/channels/status/parameters/side/location
  invalid-location: 'state' is no place in a message
  remedy: write '$message.payload#/...' or '$message.header#/...' with a JSON pointer
""",
    ),
    "location_of_a_correlation_id": Case(
        [
            (
                "      title: Status\n",
                "      title: Status\n      correlationId: {location: $message.header#/a/b}\n",
            ),
        ],
        """\
spec.yaml:39:23: #/components/messages/status/correlationId/location
  invalid-location: '$message.header#/a/b' is no place in a message
  remedy: write '$message.header#/...' or '$message.payload#/...' with a JSON pointer
""",
    ),
    "shared_subscription": Case(
        [
            ("address: rig/command", "address: $share/g/command"),
        ],
        """\
spec.yaml:19:5: #/channels/command/address
  wildcard-in-address: address '$share/g/command' is a shared subscription, to which nothing can be published
  remedy: leave out '$share' and the group; subscribers join one by `.shared(group)`
""",
    ),
    "message_of_another_channel_in_a_reply": Case(
        [
            (
                "    summary: Receive a command.\n",
                "    summary: Receive a command.\n    reply:\n"
                "      channel: {$ref: '#/channels/status'}\n"
                "      messages: [{$ref: '#/channels/command/messages/command'}]\n",
            ),
        ],
        """\
spec.yaml:35:18: #/operations/receiveCommand/reply/messages/0
  foreign-message: this message is not one of those of channel 'status'
  remedy: refer to '#/channels/status/messages/...', or add it there
""",
    ),
    "schema_format": Case(
        [
            (
                "      payload: {$ref: '#/components/schemas/Status'}\n      examples:\n        - payload: {state: idle}\n",
                "      payload: {schemaFormat: application/schema+json;version=draft-2019-09, schema: {}}\n",
            ),
        ],
        """\
spec.yaml:39:17: #/components/messages/status/payload/schemaFormat
  unsupported-schema-format: schema format 'application/schema+json;version=draft-2019-09' is a JSON Schema of another draft than 7
  remedy: write it as an AsyncAPI schema, without 'schemaFormat'
""",
    ),
    "schema_format_without_schema": Case(
        [
            (
                "      payload: {$ref: '#/components/schemas/Status'}\n      examples:\n        - payload: {state: idle}\n",
                "      payload: {schemaFormat: application/schema+json;version=draft-07}\n",
            ),
        ],
        """\
spec.yaml:39:7: #/components/messages/status/payload
  schema-format-without-schema: there is a 'schemaFormat', but no 'schema'
  remedy: add the schema under 'schema'
""",
    ),
    "unknown_action": Case(
        [
            ("action: receive", "action: subscribe"),
        ],
        """\
spec.yaml:31:5: #/operations/receiveCommand/action
  unknown-action: action 'subscribe' is neither 'send' nor 'receive'
  remedy: use one of the two
""",
    ),
    "reply": Case(
        [
            (
                "    summary: Receive a command.\n",
                "    summary: Receive a command.\n    reply: {}\n",
            ),
        ],
        """\
spec.yaml:33:5: #/operations/receiveCommand/reply
  foreign-channel: the reply names no channel, so nobody knows what the answer is
  remedy: refer to '#/channels/...'; its address may be null
""",
    ),
    "foreign_channel": Case(
        [
            (
                "    channel: {$ref: '#/channels/command'}\n",
                "    channel: {address: rig/command}\n",
            ),
        ],
        """\
spec.yaml:33:5: #/operations/receiveCommand/channel
  foreign-channel: the operation's channel is not one of the document's channels
  remedy: refer to '#/channels/...'
""",
    ),
    "foreign_message": Case(
        [
            ("'#/channels/status/messages/status'}]", "'#/components/messages/command'}]"),
        ],
        """\
spec.yaml:27:16: #/operations/sendStatus/messages/0
  foreign-message: this message is not one of those of channel 'status'
  remedy: refer to '#/channels/status/messages/...', or add it there
""",
    ),
    "conflicting_operations": Case(
        [
            (
                "  receiveCommand:",
                "  sendAgain:\n    action: send\n    channel: {$ref: '#/channels/status'}\n    tags: [{name: rig}]\n    bindings: {mqtt: {qos: 0, retain: true}}\n  receiveCommand:",
            ),
        ],
        """\
spec.yaml:30:3: #/operations/sendAgain
  conflicting-operations: this send operation has another MQTT binding than 'sendStatus' in line 23, on the same channel
  remedy: give both the same binding, or make them one operation
""",
    ),
    "operation_without_app": Case(
        [
            (
                "    channel: {$ref: '#/channels/command'}\n    tags: [{name: rig}]\n",
                "    channel: {$ref: '#/channels/command'}\n",
            ),
        ],
        """\
spec.yaml:30:3: #/operations/receiveCommand
  warning, operation-without-app: the operation has no tag, so no app performs it
  remedy: tag it with the apps that perform it, as the other operations are
""",
    ),
    "binding_value": Case(
        [
            ("qos: 1, retain", "qos: 3, retain"),
        ],
        """\
spec.yaml:29:23: #/operations/sendStatus/bindings/mqtt/qos
  invalid-binding: qos is 3
  remedy: use a whole number from 0 to 2
""",
    ),
    "binding_boolean": Case(
        [
            ("retain: true}", "retain: 'yes'}"),
        ],
        """\
spec.yaml:17:19: #/channels/status/x-topicwire/delivery
  contradictory-settings: delivery is 'retained', but the send operation is not retained
  remedy: set both `delivery: retained` here and `retain: true` in its MQTT binding, or neither
spec.yaml:29:31: #/operations/sendStatus/bindings/mqtt/retain
  invalid-binding: retain is 'yes'
  remedy: use true or false
""",
    ),
    "binding_field": Case(
        [
            ("{keepAlive: 60}", "{keepalive: 60}"),
        ],
        """\
spec.yaml:9:23: #/servers/main/bindings/mqtt/keepalive
  invalid-binding: an MQTT binding of this kind has no field 'keepalive'
  remedy: use one of bindingVersion, cleanSession, clientId, keepAlive, lastWill, maximumPacketSize, sessionExpiryInterval
""",
    ),
    "extension_key": Case(
        [
            ("{delivery: retained}", "{delivery: retained, qos: 1}"),
        ],
        """\
spec.yaml:17:39: #/channels/status/x-topicwire/qos
  invalid-extension: x-topicwire has no setting 'qos' here
  remedy: use one of batch, compression, delivery, json, partitions, signing
""",
    ),
    "extension_value": Case(
        [
            ("{delivery: retained}", "{delivery: always}"),
        ],
        """\
spec.yaml:17:19: #/channels/status/x-topicwire/delivery
  invalid-extension: 'always' is not one of ['live', 'durable', 'retained']
  remedy: use one of live, durable, retained
""",
    ),
    "extension_limit": Case(
        [
            (
                "{delivery: retained}",
                "{delivery: retained, compression: {codec: gzip, threshold: -1}}",
            ),
        ],
        """\
spec.yaml:17:66: #/channels/status/x-topicwire/compression/threshold
  invalid-extension: -1 is less than the minimum of 0
  remedy: see the x-topicwire section of the documentation
""",
    ),
    "misplaced_extension": Case(
        [
            ("info: {title: Rig,", "info: {x-topicwire: {}, title: Rig,"),
        ],
        """\
spec.yaml:2:8: #/info/x-topicwire
  misplaced-extension: x-topicwire says something only on a channel, or on the document itself
  remedy: move it there
""",
    ),
    "compat_setting": Case(
        [
            (
                "asyncapi: 3.1.0\n",
                "asyncapi: 3.1.0\nx-topicwire: {compat: {names: {}}, json: strict}\n",
            ),
        ],
        """\
spec.yaml:2:24: #/x-topicwire/compat/names
  invalid-extension: x-topicwire has no setting 'names' here
  remedy: use one of renamed, timestamp
spec.yaml:2:36: #/x-topicwire/json
  invalid-extension: x-topicwire has no setting 'json' here
  remedy: use one of compat
""",
    ),
    "compat_value": Case(
        [
            (
                "asyncapi: 3.1.0\n",
                "asyncapi: 3.1.0\nx-topicwire: {compat: {renamed: {Status: {old: 1}}}}\n",
            ),
        ],
        """\
spec.yaml:2:43: #/x-topicwire/compat/renamed/Status/old
  invalid-extension: 1 is not of type 'string'
  remedy: see the x-topicwire section of the documentation
""",
    ),
    "compat_names": Case(
        [
            (
                "asyncapi: 3.1.0\n",
                "asyncapi: 3.1.0\nx-topicwire:\n  compat:\n    timestamp: time\n    renamed:\n"
                "      Status: {was: stat, state: state}\n      Unused: {a: b}\n",
            ),
            (
                "  schemas:\n",
                "  schemas:\n    Unused: {type: object, additionalProperties: true}\n",
            ),
        ],
        """\
spec.yaml:4:5: #/x-topicwire/compat/timestamp
  unknown-property: no payload has a property 'time'
  remedy: name the property for the time of a message, or leave this out
spec.yaml:6:16: #/x-topicwire/compat/renamed/Status/was
  unknown-property: 'stat' is no property of 'Status'
  remedy: use one of state
spec.yaml:6:27: #/x-topicwire/compat/renamed/Status/state
  colliding-names: 'state' is a property of 'Status' now, so it cannot be a former name too
  remedy: take it out here, or rename the property
spec.yaml:7:7: #/x-topicwire/compat/renamed/Unused
  unknown-schema: 'Unused' is no schema of this document that a payload is made of
  remedy: name one of components/schemas that a message uses
""",
    ),
    "not_retained": Case(
        [
            ("{delivery: retained}", "{delivery: live}"),
        ],
        """\
spec.yaml:17:19: #/channels/status/x-topicwire/delivery
  contradictory-settings: delivery is 'live', but the send operation is retained
  remedy: set both `delivery: retained` here and `retain: true` in its MQTT binding, or neither
""",
    ),
    "durable_qos_0": Case(
        [
            ("{delivery: retained}", "{delivery: durable}"),
            ("qos: 1, retain: true", "qos: 0"),
        ],
        """\
spec.yaml:17:19: #/channels/status/x-topicwire/delivery
  contradictory-settings: delivery is 'durable', but the send operation has QoS 0, which may lose messages
  remedy: set `qos: 1` or 2 in its MQTT binding
""",
    ),
    "retained_batch": Case(
        [
            ("{delivery: retained}", "{delivery: retained, batch: {}}"),
        ],
        """\
spec.yaml:17:39: #/channels/status/x-topicwire/batch
  contradictory-settings: a retained channel cannot be batched: only the last batch would be kept
  remedy: remove 'batch'
""",
    ),
    "retained_partitions": Case(
        [
            ("{delivery: retained}", "{delivery: retained, partitions: {count: 4, by: side}}"),
        ],
        """\
spec.yaml:17:19: #/channels/status/x-topicwire/delivery
  contradictory-settings: a channel with partitions cannot have this 'delivery': each partition would keep a state
  remedy: remove 'partitions' or 'delivery'
""",
    ),
    "partitions_by_what_is_not_there": Case(
        [
            (
                "address: rig/command\n",
                "address: rig/command\n    x-topicwire: {batch: {}, partitions: {count: 4, by: sied}}\n",
            ),
        ],
        """\
spec.yaml:20:19: #/channels/command/x-topicwire/batch
  contradictory-settings: a channel with partitions cannot have this 'batch': a batch has messages of several partitions
  remedy: remove 'partitions' or 'batch'
spec.yaml:20:53: #/channels/command/x-topicwire/partitions/by
  partition-key: 'sied' is no parameter of the address, and message 'command' has no such required property that is a text or a whole number
  remedy: name one that every message has, so that its partition is known
""",
    ),
    "too_few_partitions": Case(
        [
            (
                "address: rig/command\n",
                "address: rig/command\n    x-topicwire: {partitions: {count: 1, by: command}}\n",
            ),
        ],
        """\
spec.yaml:20:32: #/channels/command/x-topicwire/partitions/count
  invalid-extension: 1 is less than the minimum of 2
  remedy: see the x-topicwire section of the documentation
""",
    ),
    "partitions_of_a_parameter_of_that_name": Case(
        [
            (
                "address: rig/command\n",
                "address: rig/{partition}\n    parameters: {partition: {description: Which.}}\n"
                "    x-topicwire: {partitions: {count: 2, by: partition}}\n",
            ),
        ],
        """\
spec.yaml:21:19: #/channels/command/x-topicwire/partitions
  contradictory-settings: the address has a parameter 'partition' already, which is that of the partitions
  remedy: give the parameter another name
""",
    ),
    "invalid_schema": Case(
        [
            ("{type: string, enum: [idle, busy]}", "{type: text}"),
        ],
        """\
spec.yaml:59:17: #/components/schemas/Status/properties/state/type
  invalid-schema: JSON Schema has no type 'text'
  remedy: use one of string, integer, number, boolean, array, object, null
""",
    ),
    "schema_as_text": Case(
        [
            ("        state: {type: string, enum: [idle, busy]}", "        state: string"),
        ],
        """\
spec.yaml:59:9: #/components/schemas/Status/properties/state
  invalid-schema: 'string' is not of type 'object', 'boolean'
  remedy: see https://json-schema.org/draft-07 for what may stand here
""",
    ),
    "invalid_pattern": Case(
        [
            ("'^[a-z]+$'", "'^[a-z+$'"),
        ],
        """\
spec.yaml:49:32: #/components/messages/command/payload/properties/name/pattern
  invalid-pattern: pattern '^[a-z+$' is not a regular expression of ECMA 262 that Python can look for: a class has no end
  remedy: correct it
""",
    ),
    "invalid_pattern_of_names": Case(
        [
            (
                "      required: [state]",
                "      patternProperties: {'^\\A': {}}\n      required: [state]",
            ),
        ],
        """\
spec.yaml:57:27: #/components/schemas/Status/patternProperties/^\\A
  invalid-pattern: pattern '^\\\\A' is not a regular expression of ECMA 262 that Python can look for: ECMA 262 has no \\A
  remedy: correct it
""",
    ),
    "unsupported_format": Case(
        [
            ("enum: [idle, busy]}", "format: idn-hostname}"),
        ],
        """\
spec.yaml:59:31: #/components/schemas/Status/properties/state/format
  unsupported-format: the format 'idn-hostname' is not checked by this version
  remedy: use 'hostname', or say it in the description
""",
    ),
    "unsupported_keyword": Case(
        [
            ("enum: [idle, busy]}", "unevaluatedProperties: false}"),
        ],
        """\
spec.yaml:59:31: #/components/schemas/Status/properties/state/unevaluatedProperties
  unsupported-keyword: 'unevaluatedProperties' is not in draft 7 of JSON Schema, so it would mean nothing here
  remedy: use 'additionalProperties' where all properties are declared
""",
    ),
    "limits": Case(
        [
            ("minimum: 0, maximum: 9", "minimum: 10, maximum: 9"),
        ],
        """\
spec.yaml:50:34: #/components/messages/command/payload/properties/level/minimum
  contradictory-schema: minimum 10 is greater than maximum 9, so nothing fits
  remedy: exchange or correct them
""",
    ),
    "required_undeclared": Case(
        [
            ("required: [name]", "required: [name, mode]"),
        ],
        """\
spec.yaml:47:26: #/components/messages/command/payload/required/1
  contradictory-schema: property 'mode' is required, but not declared, and no other is allowed
  remedy: add 'mode' under 'properties', or do not require it
""",
    ),
    "enum_type": Case(
        [
            ("enum: [idle, busy]", "enum: [idle, 1]"),
        ],
        """\
spec.yaml:59:44: #/components/schemas/Status/properties/state/enum/1
  contradictory-schema: 1 is not of type 'string'
  remedy: correct the value or the type
""",
    ),
    "empty_enum": Case(
        [("enum: [idle, busy]", "enum: []")],
        """\
spec.yaml:59:31: #/components/schemas/Status/properties/state/enum
  contradictory-schema: 'enum' is empty, so nothing fits
  remedy: list the values that are allowed
""",
    ),
    "wrong_message_example": Case(
        [
            ("{state: idle}", "{state: broken}"),
        ],
        """\
spec.yaml:41:21: #/components/messages/status/examples/0/payload/state
  warning, wrong-example: example does not fit its schema: 'broken' is not one of ['idle', 'busy']
  remedy: correct it, or the schema
""",
    ),
    "wrong_schema_example": Case(
        [
            ("{state: busy}", "{state: busy, more: 1}"),
        ],
        """\
spec.yaml:61:11: #/components/schemas/Status/examples/0
  warning, wrong-example: example does not fit its schema: Additional properties are not allowed ('more' was unexpected)
  remedy: correct it, or the schema
""",
    ),
    "wrong_default": Case(
        [
            ("default: 3", "default: 12"),
        ],
        """\
spec.yaml:50:58: #/components/messages/command/payload/properties/level/default
  wrong-default: default does not fit its schema: 12 is greater than the maximum of 9
  remedy: correct it, or the schema
""",
    ),
    "conflicting_content_types": Case(
        [
            (
                "      status: {$ref: '#/components/messages/status'}\n",
                "      status: {$ref: '#/components/messages/status'}\n"
                "      other: {contentType: application/a+json, payload: {$ref: "
                "'#/components/schemas/Status'}}\n",
            ),
        ],
        """\
spec.yaml:17:15: #/channels/status/messages/other/contentType
  conflicting-content-types: message 'other' is 'application/a+json', but 'status' on the same channel is 'application/json'
  remedy: give both the same content type, or each a channel of its own
""",
    ),
}

CONVENTIONS = {
    "missing_title": Case(
        [
            ("      title: Command\n", ""),
        ],
        """\
spec.yaml:42:5: #/components/messages/command
  missing-title: message 'command' has no title
  remedy: add a 'title'
""",
    ),
    "missing_summary": Case(
        [
            ("    summary: Receive a command.\n", ""),
        ],
        """\
spec.yaml:30:3: #/operations/receiveCommand
  missing-summary: operation 'receiveCommand' has no summary
  remedy: add a 'summary'
""",
    ),
    "missing_example": Case(
        [
            ("        examples:\n          - {name: go}\n", ""),
        ],
        """\
spec.yaml:44:7: #/components/messages/command/payload
  missing-example: this payload has no example
  remedy: add one that fits under 'examples'
""",
    ),
    "missing_additional_properties": Case(
        [
            (
                "      type: object\n      additionalProperties: false\n      required: [state]",
                "      type: object\n      required: [state]",
            ),
        ],
        """\
spec.yaml:54:5: #/components/schemas/Status
  missing-additional-properties: this schema does not say whether other properties are allowed
  remedy: add `additionalProperties: false` or `true`
""",
    ),
}


def problems(path: Path, text: str | bytes, *, conventions: bool = False) -> str:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    try:
        found = lint(Workspace.open(path), conventions=conventions)
    except SpecError as error:
        found = list(error.problems)
    return "".join(f"{problem}\n" for problem in found)


def edited(edits: list[tuple[str, str]]) -> str:
    text = DOCUMENT
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    return text


def test_the_document_itself_has_no_problem(tmp_path):
    assert problems(tmp_path / "spec.yaml", DOCUMENT, conventions=True) == ""


@pytest.mark.parametrize("name", CASES)
def test_rule(name, tmp_path):
    case = CASES[name]
    assert problems(tmp_path / "spec.yaml", edited(case.edits)) == case.problems


@pytest.mark.parametrize("name", CONVENTIONS)
def test_convention(name, tmp_path):
    case = CONVENTIONS[name]
    path = tmp_path / "spec.yaml"
    assert problems(path, edited(case.edits), conventions=True) == case.problems
    assert problems(path, edited(case.edits)) == "", "only asked for with --strict"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            DOCUMENT.encode() + b"\n# \xff\n",
            f"spec.yaml:1:1: #\n  unreadable: is not UTF-8 (byte {len(DOCUMENT.encode()) + 3})\n"
            "  remedy: save it in the UTF-8 encoding\n",
        ),
        (
            "- asyncapi: 3.1.0",
            "spec.yaml:1:1: #\n  wrong-type: the document is a list, not an object\n"
            "  remedy: begin it with `asyncapi: 3.1.0`\n",
        ),
        (
            "",
            "spec.yaml:1:1: #\n  unreadable: is empty\n  remedy: write an AsyncAPI document\n",
        ),
        (
            "[" * 65 + "]" * 65,
            f"spec.yaml:1:65: #{'/0' * 64}\n  unreadable: is nested more than 64 deep\n"
            "  remedy: nest it less\n",
        ),
        (
            "a: &a [*a]",
            "spec.yaml:1:4: #/a/0\n  unreadable: contains itself through an alias\n"
            "  remedy: use $ref instead\n",
        ),
    ],
)
def test_what_is_no_document(text, problem, tmp_path):
    assert problems(tmp_path / "spec.yaml", text) == problem


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(SpecError) as caught:
        Workspace.open(tmp_path / "none.yaml")
    assert str(caught.value) == (
        "none.yaml:1:1: #\n  unreadable: cannot be read: No such file or directory\n"
        "  remedy: give an existing file"
    )


def test_all_problems_are_shown_at_once(tmp_path):
    names = ["undefined_variable", "wildcard_plus", "binding_value", "wrong_default"]
    found = problems(
        tmp_path / "spec.yaml", edited([edit for name in names for edit in CASES[name].edits])
    )
    for name in names:
        assert CASES[name].problems in found


def test_problems_of_another_file_are_shown_there(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "status.yaml").write_text(
        "type: object\nproperties: {state: {type: x}}\n"
    )
    text = DOCUMENT.replace("{$ref: '#/components/schemas/Status'}", "{$ref: parts/status.yaml}")
    assert problems(tmp_path / "spec.yaml", text) == (
        "parts/status.yaml:2:22: #/properties/state/type\n"
        "  invalid-schema: JSON Schema has no type 'x'\n"
        "  remedy: use one of string, integer, number, boolean, array, object, null\n"
    )


def test_every_rule_has_a_case():
    rules = set()
    for source in Path(topicwire_codegen.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(source.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(".problem"):
                first = call.args[0] if call.args else None
                names = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
                rules |= {name.value for name in names if isinstance(name, ast.Constant)}
    texts = "".join(case.problems for case in [*CASES.values(), *CONVENTIONS.values()])
    # These are raised while generating, for what the lint could not foresee.
    generating = {"unsupported-schema", "unfaithful-model"}
    # And these only when access rules are written; test_acl.py has them.
    access = {"no-apps", "impossible-user", "impossible-rule"}
    # This takes its time; test_bad_documents.py has it.
    generating.add("slow-pattern")
    assert {rule for rule in rules if f" {rule}: " not in texts} <= generating | access

"""Channel addresses with parameters: to a topic, to a filter, and back from a topic.

The rules for topic names and filters are those of MQTT 5.0, section 4.7.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from topicwire.errors import TopicInvalid

_PARAMETER = re.compile(r"\{([^{}]*)\}")
_FORBIDDEN = re.compile("[/+#\0]")
_MAX_TOPIC_BYTES = 65_535


class AddressTemplate:
    """An address such as `suspension/sensor/{quantity}`.

    `parameters` gives the allowed values of each parameter (an empty tuple: any), `defaults`
    the values of parameters that need not be given.
    """

    def __init__(
        self,
        channel: str,
        address: str,
        parameters: Mapping[str, tuple[str, ...]],
        defaults: Mapping[str, str] | None = None,
    ) -> None:
        self.channel = channel
        self.address = address
        self._parameters = dict(parameters)
        self._defaults = dict(defaults or {})
        self._names = tuple(_PARAMETER.findall(address))
        levels = address.split("/")
        self._shares_levels = any(len(_PARAMETER.findall(level)) > 1 for level in levels)
        # Wildcards at the beginning do not match what begins with `$` (MQTT 5.0, section 4.7.2).
        start = r"(?!\$)" if address.startswith("{") else ""
        self._pattern = re.compile(start + "/".join(map(self._level_pattern, levels)), re.DOTALL)

    def extended(self, suffix: str) -> AddressTemplate:
        """Return the template of the same address with `suffix` behind it."""
        return AddressTemplate(
            self.channel, self.address + suffix, self._parameters, self._defaults
        )

    def default(self, name: str) -> str | None:
        """Return the value of a parameter that is not given, or None if it has to be."""
        return self._defaults.get(name)

    def topic(self, values: Mapping[str, str]) -> str:
        """Return the concrete topic for `values`; raises `TopicInvalid` naming the parameter."""
        if not self._names:
            if values:
                raise TopicInvalid(self.channel, f"address {self.address!r} has no parameters")
            return self.address
        unknown = set(values) - set(self._names)
        if unknown:
            raise TopicInvalid(
                self.channel,
                f"address {self.address!r} has no parameter {', '.join(sorted(unknown))}",
                parameter=min(unknown),
            )
        topic = _PARAMETER.sub(lambda found: self._value(found[1], values), self.address)
        try:
            size = len(topic.encode())
        except UnicodeEncodeError as error:
            raise TopicInvalid(self.channel, f"topic is not valid Unicode: {error}") from None
        if size > _MAX_TOPIC_BYTES:
            raise TopicInvalid(
                self.channel, f"topic is {size} bytes long, the limit is {_MAX_TOPIC_BYTES}"
            )
        if topic.startswith("$") and not self.address.startswith("$"):
            raise TopicInvalid(
                self.channel,
                f"topic {topic!r} begins with '$', which brokers keep for themselves",
                parameter=self._names[0],
            )
        # In `{a}-{b}`, the values "x-y" and "z" make the same topic as "x" and "y-z".
        if self._shares_levels:
            whole = {name: values.get(name, self._defaults.get(name)) for name in self._names}
            found = self.match(topic)
            if found != whole:
                raise TopicInvalid(
                    self.channel,
                    f"topic {topic!r} would be read as {found}, not as {whole}; values that share "
                    "a level of the topic must not contain what stands between them",
                )
        return topic

    def filter(self, values: Mapping[str, str | None] | None = None) -> str:
        """Return the topic filter for `values`; a parameter that is None or absent matches all."""
        given = {name: value for name, value in (values or {}).items() if value is not None}
        levels: list[str] = []
        for level in self.address.split("/"):
            names = _PARAMETER.findall(level)
            if all(name in given for name in names):
                levels.append(_PARAMETER.sub(lambda found: self._value(found[1], given), level))
            else:
                levels.append("+")
        return "/".join(levels)

    def match(self, topic: str) -> dict[str, str] | None:
        """Return the parameters of `topic`, or None when it does not belong to this address."""
        if not self._names:
            return {} if topic == self.address else None
        found = self._pattern.fullmatch(topic)
        if found is None:
            return None
        return dict(zip(self._names, found.groups(), strict=True))

    def _value(self, name: str, values: Mapping[str, str]) -> str:
        value = values.get(name, self._defaults.get(name))
        if value is None:
            raise TopicInvalid(
                self.channel, f"parameter {name!r} of {self.address!r} is not given", parameter=name
            )
        allowed = self._parameters.get(name)
        if allowed and value not in allowed:
            raise TopicInvalid(
                self.channel,
                f"parameter {name!r} is {value!r}, allowed are {', '.join(map(repr, allowed))}",
                parameter=name,
            )
        if not value or _FORBIDDEN.search(value):
            raise TopicInvalid(
                self.channel,
                f"parameter {name!r} is {value!r}; a value must not be empty or contain "
                "'/', '+', '#' or NUL",
                parameter=name,
            )
        return value

    def _level_pattern(self, level: str) -> str:
        parts = _PARAMETER.split(level)
        # re.split alternates literal text and parameter names.
        return "".join(
            f"({self._value_pattern(part)})" if i % 2 else re.escape(part)
            for i, part in enumerate(parts)
        )

    def _value_pattern(self, name: str) -> str:
        # With its choices in the pattern, a parameter leaves the rest of its level to the others.
        return "|".join(map(re.escape, self._parameters.get(name, ()))) or "[^/]+"

"""The formats of JSON Schema draft 7 that are asserted, each as a function of a text. Pure.

Texts keep their spelling, so these only say yes or no. Sources: JSON Schema Validation draft 7,
7.3, and the documents it names. Other formats (`uint8`, `uuid`, one's own) say nothing.
"""

from __future__ import annotations

import calendar
import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Final

from topicwire._ecma_pattern import python_pattern

# RFC 3339, 5.6; the second letter of "date-time" may be small.
_DATE = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_TIME = (
    r"(?P<hour>[01][0-9]|2[0-3]):(?P<minute>[0-5][0-9]):(?P<second>[0-5][0-9]|60)(?:\.[0-9]+)?"
    r"(?:[Zz]|(?P<sign>[+-])(?P<hours>[01][0-9]|2[0-3]):(?P<minutes>[0-5][0-9]))"
)
_IS_DATE = re.compile(_DATE)
_IS_TIME = re.compile(_TIME)
_IS_DATE_TIME = re.compile(f"{_DATE}[Tt]{_TIME}")

# RFC 1123, 2.1: labels of letters, digits and hyphens.
_IS_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
# RFC 5322, 3.4.1, without comments and folded spaces; RFC 6531 adds what is not ASCII.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~{0}-]+"
_MAILBOX = r'(?:{0}(?:\.{0})*|"(?:[ -!#-\[\]-~{1}]|\\[ -~])*")@(?:{0}(?:\.{0})*|\[[!-Z^-~]*\])'
_IS_EMAIL = re.compile(_MAILBOX.format(_ATOM.format(""), ""))
_BEYOND_ASCII = r"\x80-\U0010ffff"
_IS_IDN_EMAIL = re.compile(_MAILBOX.format(_ATOM.format(_BEYOND_ASCII), _BEYOND_ASCII))

_POINTER = r"(?:/(?:[^/~]|~[01])*)*"
_IS_POINTER = re.compile(_POINTER, re.DOTALL)
_IS_RELATIVE_POINTER = re.compile(rf"(?:0|[1-9][0-9]*)(?:#|{_POINTER})", re.DOTALL)


def _uri(beyond: str, private: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of absolute and relative addresses; RFC 3986, appendix A; RFC 3987."""
    unreserved = rf"A-Za-z0-9._~\-{beyond}"
    escaped, delimiters = "%[0-9A-Fa-f]{2}", "!$&'()*+,;="
    char = f"(?:[{unreserved}{delimiters}:@]|{escaped})"
    host = rf"(?:\[(?P<literal>[^\]]*)\]|(?:[{unreserved}{delimiters}]|{escaped})*)"
    authority = f"(?:(?:[{unreserved}{delimiters}:]|{escaped})*@)?{host}(?::[0-9]*)?"
    path = f"(?:/{char}*)*"
    no_colon = f"(?:[{unreserved}{delimiters}@]|{escaped})+"
    tail = rf"(?:\?(?:{char}|[/?{private}])*)?(?:#(?:{char}|[/?])*)?"
    rooted = f"//{authority}{path}|/(?:{char}+{path})?"
    absolute = f"[A-Za-z][A-Za-z0-9+.-]*:(?:{rooted}|{char}+{path}|){tail}"
    relative = f"(?:{rooted}|{no_colon}{path}|){tail}"
    return re.compile(absolute), re.compile(relative)


_IS_URI, _IS_RELATIVE_URI = _uri("", "")
_IS_IRI, _IS_RELATIVE_IRI = _uri(
    r"\xa0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U000efffd",
    r"\ue000-\uf8ff\U000f0000-\U0010fffd",
)
_FUTURE = re.compile(r"[vV][0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+")

# RFC 6570, 2.
_VARIABLE = r"(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2})(?:\.?(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2}))*"
_MODIFIED = rf"{_VARIABLE}(?::[1-9][0-9]{{0,3}}|\*)?"
_IS_TEMPLATE = re.compile(
    rf"(?:[!#$&(-;=?-\[\]_a-z~\x80-\U0010ffff]|%[0-9A-Fa-f]{{2}}"
    rf"|\{{[+#./;?&=,!@|]?{_MODIFIED}(?:,{_MODIFIED})*\}})*"
)


def _is_date(text: str) -> bool:
    found = _IS_DATE.fullmatch(text)
    return found is not None and _is_day(found)


def _is_time(text: str) -> bool:
    found = _IS_TIME.fullmatch(text)
    return found is not None and _is_second(found)


def _is_date_time(text: str) -> bool:
    found = _IS_DATE_TIME.fullmatch(text)
    return found is not None and _is_day(found) and _is_second(found)


def _is_day(found: re.Match[str]) -> bool:
    year, month, day = int(found["year"]), int(found["month"]), int(found["day"])
    if not 1 <= month <= 12:
        return False
    # The calendar module knows no year 0, which has the days of 2000.
    return 1 <= day <= calendar.monthrange(year or 2000, month)[1]


def _is_second(found: re.Match[str]) -> bool:
    """Return whether a second can be; the sixtieth only ends a day of UTC."""
    if found["second"] != "60":
        return True
    minute = int(found["hour"]) * 60 + int(found["minute"])
    if found["sign"]:
        offset = int(found["hours"]) * 60 + int(found["minutes"])
        minute += offset if found["sign"] == "-" else -offset
    return minute % 1440 == 1439


def _is_hostname(text: str) -> bool:
    labels = text.split(".")
    return len(text) <= 253 and all(_IS_LABEL.fullmatch(label) for label in labels)


def _is_ipv4(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def _is_ipv6(text: str) -> bool:
    try:
        return not ipaddress.IPv6Address(text).scope_id
    except ValueError:
        return False


def _is_regex(text: str) -> bool:
    try:
        python_pattern(text)
    except ValueError:
        return False
    return True


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


def _is_address(*patterns: re.Pattern[str]) -> Callable[[str], bool]:
    def matches(text: str) -> bool:
        found = next(filter(None, (pattern.fullmatch(text) for pattern in patterns)), None)
        if found is None:
            return False
        literal = found["literal"]
        return literal is None or _is_ipv6(literal) or _FUTURE.fullmatch(literal) is not None

    return matches


FORMATS: Final[Mapping[str, Callable[[str], bool]]] = {
    "date": _is_date,
    "time": _is_time,
    "date-time": _is_date_time,
    "email": _matches(_IS_EMAIL),
    "idn-email": _matches(_IS_IDN_EMAIL),
    "hostname": _is_hostname,
    "ipv4": _is_ipv4,
    "ipv6": _is_ipv6,
    "uri": _is_address(_IS_URI),
    "uri-reference": _is_address(_IS_URI, _IS_RELATIVE_URI),
    "iri": _is_address(_IS_IRI),
    "iri-reference": _is_address(_IS_IRI, _IS_RELATIVE_IRI),
    "uri-template": _matches(_IS_TEMPLATE),
    "json-pointer": _matches(_IS_POINTER),
    "relative-json-pointer": _matches(_IS_RELATIVE_POINTER),
    "regex": _is_regex,
}

"""The formats of texts: what has them, and what has not."""

import pytest
from topicwire._formats import FORMATS

CASES = {
    "date": ("2024-02-29 0000-01-31", "2023-02-29 2024-13-01 2024-1-01 2024-02-30 \uff12024-01-01"),
    "time": (
        "12:00:00Z 23:59:60z 00:59:60+01:00 12:00:00.25-23:59",
        "12:00:00 24:00:00Z 12:60:00Z 12:00:60Z 12:00:00+24:00 1:00:00Z 12:00:00.Z",
    ),
    "date-time": (
        "2024-02-29T12:00:00Z 2024-02-29t12:00:00z 1990-12-31T15:59:60-08:00",
        "2024-02-29 2023-02-29T12:00:00Z 2024-02-29T12:00Z 1990-12-31T15:59:60-07:00",
    ),
    "email": ("a@b a.b+c@d.e a@[127.0.0.1]", "a @b a@ .a@b a..b@c é@b a@b@c"),
    "idn-email": ("é@ü a@b", "é @ü@ é"),
    "hostname": ("a a.b-c.D 1.2", "-a a- a..b a. a_b é"),
    "ipv4": ("1.2.3.4 255.255.255.255", "1.2.3 256.1.1.1 1.2.3.04 1.2.3.4.5"),
    "ipv6": ("::1 fe80::1 ::ffff:1.2.3.4", "::1%eth0 1::2::3 12345:: ::g"),
    "uri": (
        "http://a mailto:a@b urn:x:y http://[::1]:80/%20?q#f a://[v1.x]",
        "a //a/b http://a[b http://é http://a/%zz http://[::1%25eth0] 1a:b http://[v.x]",
    ),
    "uri-reference": ("a /a ?q #f //h/p ../x http://a", "a[b é %zz :a http://a\\b"),
    "iri": ("http://é/ü http://a", "é http://a[b"),
    "iri-reference": ("é #ü //é", "é[ \\"),
    "uri-template": ("/{a} {+x,y:3}/{?q*} {a.b} a", '/{a {} {a:0} {a}} " {a b}'),
    "json-pointer": ("/ /a/0/~0~1", "a /~ /~2 #/a"),
    "relative-json-pointer": ("0 1# 10/a 100#", "01 # -1 1a 0##"),
    "regex": (r"^a$ \d [] (?<a>b)", r"( \p{L} (?P<a>b) a**"),
}


@pytest.mark.parametrize("name", FORMATS)
def test_format(name):
    has_format = FORMATS[name]
    fitting, others = (texts.split() for texts in CASES[name])
    assert [text for text in fitting if not has_format(text)] == []
    assert [text for text in others if has_format(text)] == []


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - {"regex", "json-pointer"}))
def test_a_line_feed_at_the_end_counts(name):
    text = CASES[name][0].split()[0]
    assert not FORMATS[name](f"{text}\n")


def test_long_names():
    assert FORMATS["hostname"](".".join(["a" * 63] * 3))
    assert not FORMATS["hostname"]("a" * 64)
    assert not FORMATS["hostname"](".".join(["a" * 63] * 4))

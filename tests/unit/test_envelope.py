import pytest
from topicwire import EnvelopeInvalid
from topicwire._envelope import Headers, fits_envelope, pack_envelope, read_headers

HEADERS = Headers(
    (("sid", "ä"), ("ep", "1"), ("seq", "2"), ("ts", "3")),
    content_type="application/json",
    response_topic="reply/to",
    correlation=b"\0\xff",
)


def test_headers_travel_in_front_of_the_body():
    packed = pack_envelope(HEADERS, b'{"a":1}\n2')
    assert packed.startswith('TW1 {"sid":"ä"'.encode())
    assert read_headers(Headers(), packed) == (HEADERS, b'{"a":1}\n2', None)


def test_headers_of_the_spec_travel_in_an_object_of_their_own():
    headers = Headers((("sid", "a"), ("x", "ä"), ("content-type", "mine")), response_topic="r")
    packed = pack_envelope(headers, b"body")
    assert (
        packed
        == (
            'TW1 {"sid":"a","headers":{"x":"ä","content-type":"mine"},"response-topic":"r"}\nbody'
        ).encode()
    )
    assert read_headers(Headers(), packed) == (headers, b"body", None)


@pytest.mark.parametrize("headers", [Headers(), Headers(content_type="application/json")])
def test_a_message_without_headers_is_its_body(headers):
    assert pack_envelope(headers, b"body") == b"body"
    assert read_headers(Headers(), b"body") == (Headers(), b"body", None)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"TW1 {}", "no end of the header within 4096 bytes"),
        (b"TW1 {" + b" " * 4096 + b"}\n", "no end of the header within 4096 bytes"),
        (b"TW1 []\n", "the header is not a JSON object"),
        (b"TW1 1\n", "the header is not a JSON object"),
        (b"TW1 {\xff}\n", "the header is not JSON"),
        (b"TW1 {]\n", "the header is not JSON"),
        (b"TW1 " + b"[" * 4000 + b"\n", "the header is not JSON"),
        (b'TW1 {"x":"1"}\n', "unknown header 'x'"),
        (b'TW1 {"seq":1}\n', "header 'seq' is not a text"),
        (b'TW1 {"seq":"1","seq":"2"}\n', "header 'seq' is given more than once"),
        (b'TW1 {"correlation-data":"a"}\n', "header 'correlation-data' is not base64url"),
        (b'TW1 {"correlation-data":"YQ=="}\n', "header 'correlation-data' is not base64url"),
        (b'TW1 {"correlation-data":"YR"}\n', "header 'correlation-data' is not base64url"),
        (b'TW1 {"sid":"\\ud800"}\n', "header 'sid' is not a text"),
        (b'TW1 {"headers":"a"}\n', "header 'headers' is not an object of texts"),
        (b'TW1 {"headers":[["a","b"]]}\n', "header 'headers' is not an object of texts"),
        (b'TW1 {"headers":{"a":1}}\n', "header 'headers' is not an object of texts"),
        (b'TW1 {"headers":{"a":{"b":"c"}}}\n', "header 'headers' is not an object of texts"),
        (b'TW1 {"headers":{"a":"1","a":"2"}}\n', "header 'a' is given more than once"),
        (b'TW1 {"headers":{},"headers":{}}\n', "header 'headers' is given more than once"),
        (b'TW1 {"headers":{"sig":"1"}}\n', "header 'sig' cannot be in 'headers'"),
        (b'TW1 {"headers":{"a":"\\ud800"}}\n', "header 'a' cannot be in 'headers'"),
        (b"TW2 {}\n", "unknown version TW2, this client has TW1"),
    ],
)
def test_a_bad_envelope_is_an_error(payload, reason):
    headers, body, problem = read_headers(Headers(), payload)
    assert (headers, body) == (Headers(), payload)
    assert isinstance(problem, EnvelopeInvalid)
    assert str(problem).startswith(reason)


@pytest.mark.parametrize(
    "native",
    [
        Headers((("sid", "other"),)),
        Headers(content_type="application/json"),
        Headers(response_topic="reply/to"),
        Headers(correlation=b""),
    ],
)
def test_an_envelope_and_the_same_as_properties_do_not_go_together(native):
    _, _, problem = read_headers(native, pack_envelope(HEADERS, b""))
    assert "an envelope and the same headers as MQTT 5 properties" in str(problem)


def test_a_body_that_looks_like_an_envelope_is_put_into_one():
    for body in (b"TW1 {}\n", b"TW2 x"):
        headers, found, problem = read_headers(Headers(), pack_envelope(Headers(), body))
        assert (headers, found, problem) == (Headers(), body, None)


def test_properties_that_a_broker_adds_do_no_harm_to_an_envelope():
    headers, body, problem = read_headers(
        Headers((("added", "1"),)), pack_envelope(HEADERS, b"body")
    )
    assert (headers.own, body, problem) == ({"added": "1"}, b"body", None)
    assert headers.get("sid") == "ä"


@pytest.mark.parametrize(
    ("length", "fits"), [(300, True), (700, True), (3_900, True), (4_090, False), (60_000, False)]
)
def test_headers_may_be_4096_bytes_long(length, fits):
    headers = Headers(response_topic="x" * length)
    assert fits_envelope(headers) is fits
    _, _, problem = read_headers(Headers(), pack_envelope(headers, b"1"))
    assert (problem is None) is fits


def test_only_the_programs_own_properties_may_come_twice():
    twice = Headers((("a", "1"), ("a", "2"), ("sid", "x")))
    assert read_headers(twice, b"")[2] is None
    assert twice.own == {"a": "2"}
    _, _, problem = read_headers(Headers((("sid", "x"), ("sid", "x"))), b"")
    assert str(problem) == "header 'sid' is given more than once"

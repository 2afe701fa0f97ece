import pytest
from topicwire._url import BrokerUrl


@pytest.mark.parametrize(
    ("text", "shown", "tls", "websockets"),
    [
        ("mqtt://localhost", "mqtt://localhost:1883", False, False),
        ("mqtts://host", "mqtts://host:8883", True, False),
        ("ws://host", "ws://host:80/mqtt", False, True),
        ("wss://host:9001/x", "wss://host:9001/x", True, True),
        ("mqtt://[::1]:1884/", "mqtt://[::1]:1884", False, False),
    ],
)
def test_addresses(text, shown, tls, websockets):
    url = BrokerUrl.parse(text)
    assert (str(url), url.tls, url.websockets) == (shown, tls, websockets)


def test_user_and_password_are_read_and_the_password_never_shown():
    url = BrokerUrl.parse("mqtt://gui:s%40cret@host:1")
    assert (url.username, url.password) == ("gui", "s@cret")
    assert "s@cret" not in str(url)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("localhost:1883", "is not a broker address; write for example mqtt://localhost:1883"),
        ("http://host", "is not a broker address"),
        ("mqtt://", "is not a broker address"),
        ("mqtt://host/path", "has a path"),
        ("mqtt://host:port", "has no usable port"),
        ("mqtt://host:99999", "has no usable port"),
    ],
)
def test_what_is_no_address_is_refused_with_a_remedy(text, reason):
    with pytest.raises(ValueError, match=reason):
        BrokerUrl.parse(text)

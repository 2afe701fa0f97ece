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


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("mqtt://a", ["mqtt://a:1883"]),
        ("mqtt://a,b:1884", ["mqtt://a:1883", "mqtt://b:1884"]),
        ("mqtts://a,mqtts://b:1", ["mqtts://a:8883", "mqtts://b:1"]),
        (["mqtt://a", "mqtt://b,c"], ["mqtt://a:1883", "mqtt://b:1883", "mqtt://c:1883"]),
        ("mqtt://[::1],[::2]:5", ["mqtt://[::1]:1883", "mqtt://[::2]:5"]),
        ("wss://a/x,b", ["wss://a:443/x", "wss://b:443/x"]),
        ("mqtt://a,a", ["mqtt://a:1883"]),
    ],
)
def test_several_addresses(address, shown):
    assert [str(broker) for broker in BrokerUrl.parse_all(address)] == shown


def test_what_an_address_leaves_out_is_that_of_the_one_before():
    found = BrokerUrl.parse_all("mqtt://u:a,b@one,two,mqtt://v:c@three,four")
    assert [(each.host, each.username, each.password) for each in found] == [
        ("one", "u", "a,b"), ("two", "u", "a,b"), ("three", "v", "c"), ("four", "v", "c"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ([], "no broker address is given"),
        ("mqtt://a,", "is not a broker address"),
        ("mqtt://a,mqtts://b", "mqtt://a:1883 and mqtts://b:8883 are reached in different ways"),
        (["a"], "'a' is not a broker address"),
    ],
)
def test_what_is_no_list_of_addresses_is_refused(address, reason):
    with pytest.raises(ValueError, match=reason):
        BrokerUrl.parse_all(address)

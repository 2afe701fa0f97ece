"""Whether a client's settings satisfy what the spec's servers ask for, rule by rule."""

import ssl

import pytest
from topicwire import (
    Client,
    ClientOptions,
    LocalError,
    Protocol,
    SecurityRequired,
    SecurityScheme,
    Server,
    TlsFiles,
)
from topicwire._options import connection_settings
from topicwire._server_security import Credentials, check_security
from topicwire._url import BrokerUrl
from topicwire.settings import ClientSettings

PASSWORD = SecurityScheme(type="userPassword")
CERTIFICATE = SecurityScheme(type="X509")
PLAIN = Server(name="plain", protocol="mqtt", host="{host}:1883", security=(PASSWORD,))
TLS = Server(name="tls", protocol="mqtts", host="{host}:8883", security=(PASSWORD, CERTIFICATE))
FILES = TlsFiles(certificate="client.pem", key="client.key")


def check(url: str, *servers: Server, tls: ssl.SSLContext | TlsFiles | None = None) -> None:
    broker = BrokerUrl.parse(url)
    given = Credentials(username=broker.username, password=broker.password, tls=tls)
    check_security(servers, broker, given)


def refused(url: str, *servers: Server, tls: ssl.SSLContext | TlsFiles | None = None) -> str:
    with pytest.raises(SecurityRequired) as caught:
        check(url, *servers, tls=tls)
    return caught.value.reason


def server(name: str, host: str, *schemes: SecurityScheme, protocol: str = "mqtt") -> Server:
    return Server(name=name, protocol=protocol, host=host, security=schemes)


def test_it_says_which_server_wants_what_and_what_to_pass():
    with pytest.raises(SecurityRequired) as caught:
        check("mqtts://broker.example", PLAIN, TLS, tls=TlsFiles())
    error = caught.value
    assert str(error) == (
        "not connecting to mqtts://broker.example:8883: in the spec, server 'tls' "
        "(mqtts://{host}:8883) asks for a user name and a password or a client certificate; pass "
        "username= and password=, or tls=TlsFiles(certificate=..., key=...), or "
        "allow_anonymous=True if the broker lets clients in without"
    )
    assert error.url == "mqtts://broker.example:8883"
    assert error.servers == ("tls",)
    assert isinstance(error, LocalError)


def test_an_error_never_shows_the_password():
    servers = (server("main", "{host}", CERTIFICATE, protocol="mqtts"),)
    with pytest.raises(SecurityRequired) as caught:
        check("mqtts://gui:secret@broker.example", *servers)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "[::1]", "localhost", "LocalHost"])
def test_nothing_is_asked_on_loopback(host: str):
    check(f"mqtt://{host}", PLAIN)
    check(f"wss://{host}", PLAIN)


@pytest.mark.parametrize("host", ["10.0.0.1", "128.0.0.1", "localhost.example", "[fe80::1]"])
def test_everything_else_is_not_loopback(host: str):
    assert "asks for a user name and a password" in refused(f"mqtt://{host}", PLAIN)


def test_a_protocol_without_servers_asks_for_nothing():
    check("mqtt://broker.example")


@pytest.mark.parametrize(
    ("scheme", "protocol"),
    [
        ("mqtt", "mqtt"), ("tcp", "mqtt"), ("mqtt", "mqtt5"),
        ("mqtts", "mqtts"), ("ssl", "mqtts"), ("mqtts", "secure-mqtt"),
        ("ws", "ws"), ("wss", "wss"),
    ],
)  # fmt: skip
def test_a_server_is_found_by_its_transport(scheme: str, protocol: str):
    transports = ("mqtt", "mqtts", "ws", "wss")
    others = [server(name, "{host}", CERTIFICATE, protocol=name) for name in transports]
    kind = {"mqtt5": "mqtt", "secure-mqtt": "mqtts"}.get(protocol, protocol)
    apart = [each for each in others if each.name != kind]
    check(f"{scheme}://broker.example", *apart, server("open", "{host}", protocol=protocol))


def test_a_transport_that_the_spec_does_not_have_is_refused():
    assert refused("ws://broker.example", PLAIN, TLS, server("again", "{host}", PASSWORD)) == (
        "the spec has no server for ws://, only for mqtt://, mqtts://; use an address of that "
        "kind, or pass allow_anonymous=True to connect all the same"
    )


@pytest.mark.parametrize(
    ("pattern", "url"),
    [
        ("broker.example", "mqtt://broker.example"),
        ("broker.example", "mqtt://broker.example:1883"),
        ("broker.example:1884", "mqtt://broker.example:1884"),
        ("Broker.Example", "mqtt://BROKER.example"),
        ("{site}.example", "mqtt://north.example"),
        ("{site}.example:{port}", "mqtt://north.example:7"),
        ("{host}:1884", "mqtt://broker.example:1884"),
        ("[fe80::1]:1884", "mqtt://[fe80::1]:1884"),
    ],
)
def test_a_server_whose_host_fits_counts_alone(pattern: str, url: str):
    other = server("other", "{host}")
    assert "server 'this'" in refused(url, other, server("this", pattern, PASSWORD))


@pytest.mark.parametrize(
    ("pattern", "url"),
    [
        ("broker.example", "mqtt://broker.example:1884"),
        ("broker.example:1884", "mqtt://broker.example"),
        ("broker.example", "mqtt://brokerXexample"),
        ("broker.example", "mqtt://broker.example.org"),
        ("{site}.example", "mqtt://example"),
        ("{host}", "mqtt://broker.example"),
        ("{host}:{port}", "mqtt://broker.example"),
        ("{host}:1884", "mqtt://broker.example:1885"),
        ("not{a:host", "mqtt://broker.example"),
    ],
)
def test_where_no_host_fits_any_server_of_the_transport_will_do(pattern: str, url: str):
    check(url, server("other", "{host}"), server("this", pattern, PASSWORD))


def test_a_host_says_more_than_a_port():
    by_port = server("by port", "{host}:1883")
    by_host = server("by host", "broker.example:1883", PASSWORD)
    assert "server 'by host'" in refused("mqtt://broker.example", by_port, by_host)
    check("mqtt://other.example", by_port, by_host)


def test_one_scheme_of_one_server_is_enough():
    token = server("token", "{host}", SecurityScheme(type="oauth2"), CERTIFICATE)
    check("mqtt://:token@broker.example", server("main", "{host}", CERTIFICATE), token)
    reason = refused("mqtt://broker.example", PLAIN, server("main", "{host}:1883", *token.security))
    assert (
        "server 'plain' (mqtt://{host}:1883) asks for a user name and a password; server" in reason
    )
    assert "asks for a token as password or a client certificate; pass" in reason
    assert "certificate=" not in reason, "it cannot be shown without TLS"


@pytest.mark.parametrize("type_", ["userPassword", "plain"])
def test_a_password_takes_a_name_and_the_password(type_):
    main = server("main", "{host}", SecurityScheme(type=type_))
    check("mqtt://gui:secret@broker.example", main)
    for incomplete in ("", "gui@", "gui:@", ":secret@"):
        assert "pass username= and password=," in refused(
            f"mqtt://{incomplete}broker.example", main
        )


def test_a_certificate_counts_on_an_encrypted_connection_only():
    main = [server(name, "{host}", CERTIFICATE, protocol=name) for name in ("mqtt", "mqtts", "wss")]
    for url in ("mqtts://broker.example", "wss://broker.example"):
        check(url, *main, tls=FILES)
        check(url, *main, tls=ssl.create_default_context())
        assert "client certificate" in refused(url, *main, tls=TlsFiles(ca="ca.pem"))
        assert "client certificate" in refused(url, *main)
    assert "client certificate; pass allow_anonymous" in refused("mqtt://broker.example", *main)


def test_a_key_goes_where_the_spec_says():
    user = server("main", "{host}", SecurityScheme(type="apiKey", location="user"))
    password = server("main", "{host}", SecurityScheme(type="apiKey", location="password"))
    check("mqtt://key@broker.example", user)
    check("mqtt://:key@broker.example", password)
    assert "asks for a key as user name; pass username=," in refused("mqtt://broker.example", user)
    assert "a key as password; pass password=," in refused("mqtt://key@broker.example", password)


@pytest.mark.parametrize("type_", ["oauth2", "openIdConnect"])
def test_a_token_is_a_password(type_):
    main = server("main", "{host}", SecurityScheme(type=type_))
    check("mqtt://:token@broker.example", main)
    assert "asks for a token as password" in refused("mqtt://gui@broker.example", main)


def test_options_and_address_count_alike_and_anonymous_is_said_out_loud():
    protocol = Protocol(title="", version="", servers=(PLAIN, TLS))
    url = "mqtt://broker.example"
    options: ClientOptions = {"protocol": protocol}
    with pytest.raises(SecurityRequired):
        connection_settings(url, options)
    with pytest.raises(SecurityRequired):
        Client(url, **options)
    connection_settings(url, {**options, "username": "gui", "password": "secret"})
    connection_settings("mqtt://gui@broker.example", {**options, "password": "secret"})
    connection_settings(url, {**options, "allow_anonymous": True})
    connection_settings("ws://broker.example", {**options, "allow_anonymous": True})
    connection_settings("mqtts://broker.example", {**options, "tls": ssl.create_default_context()})


def test_settings_can_allow_it_too(monkeypatch):
    monkeypatch.setenv("TOPICWIRE_ALLOW_ANONYMOUS", "true")
    assert ClientSettings().options() == {"allow_anonymous": True}

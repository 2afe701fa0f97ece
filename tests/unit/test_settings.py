import pytest
from pydantic import ValidationError
from topicwire import KeyRing, Signing
from topicwire.keys import format_ring
from topicwire.settings import ClientSettings

from tests.keys import SHARED


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch):
    for name in ("CONFIG", "URL", "CLIENT_ID", "PASSWORD", "KEEP_ALIVE"):
        monkeypatch.delenv(f"TOPICWIRE_{name}", raising=False)


def test_nothing_set_leaves_everything_to_the_client():
    settings = ClientSettings()
    assert settings.url == "mqtt://localhost:1883"
    assert settings.options() == {}


def test_environment_wins_over_the_file(monkeypatch, tmp_path):
    config = tmp_path / "client.toml"
    config.write_text('url = "mqtt://file"\nclient_id = "from-file"\nkeep_alive = 7\n')
    monkeypatch.setenv("TOPICWIRE_CONFIG", str(config))
    monkeypatch.setenv("TOPICWIRE_CLIENT_ID", "from-environment")
    monkeypatch.setenv("TOPICWIRE_PASSWORD", "secret")
    settings = ClientSettings()
    assert settings.url == "mqtt://file"
    assert settings.options() == {
        "client_id": "from-environment", "keep_alive": 7, "password": "secret",
    }  # fmt: skip
    assert "secret" not in repr(settings)


def test_an_unknown_key_of_the_file_is_refused(monkeypatch, tmp_path):
    config = tmp_path / "client.toml"
    config.write_text('uri = "mqtt://file"\n')
    monkeypatch.setenv("TOPICWIRE_CONFIG", str(config))
    with pytest.raises(ValidationError, match="uri"):
        ClientSettings()


def test_a_missing_file_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setenv("TOPICWIRE_CONFIG", str(tmp_path / "none.toml"))
    with pytest.raises(FileNotFoundError, match="TOPICWIRE_CONFIG names"):
        ClientSettings()


def test_keys_come_as_a_file_or_as_a_secret(monkeypatch, tmp_path):
    monkeypatch.setenv("TOPICWIRE_SIGNING_KEYS", str(tmp_path / "keys.json"))
    monkeypatch.setenv("TOPICWIRE_REPLAY_STATE", str(tmp_path / "state"))
    signing = ClientSettings().options()["signing"]
    assert signing == Signing(keys=tmp_path / "keys.json", replay_state=tmp_path / "state")
    monkeypatch.setenv("TOPICWIRE_SIGNING_KEYS_JSON", format_ring(SHARED))
    settings = ClientSettings()
    assert "AAECAwQ" not in repr(settings)
    signing = settings.options()["signing"]
    assert isinstance(signing, Signing)
    assert isinstance(signing.keys, KeyRing)
    assert list(signing.keys) == list(SHARED)

"""Client settings from the environment and from a TOML file.

Kept apart from `topicwire` itself, because only some programs need it and it takes time to load.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from topicwire._key_file import parse_ring
from topicwire._keys import KeyRing
from topicwire._options import ClientOptions
from topicwire._signing import Signing
from topicwire._tls import TlsFiles


class ClientSettings(BaseSettings):
    """Where the broker is and how to get in.

    Each field is read from the variable `TOPICWIRE_<NAME>` of the environment, else from the
    TOML file that `TOPICWIRE_CONFIG` names. Use it as
    `Client(settings.url, **settings.options())`. `url` may be several addresses with commas between
    them, `broker` is the name of a known profile. Times are in seconds; `ca`, `certificate`, `key`
    and `crl` are PEM files; `signing_keys` is a key file, `signing_keys_json` the JSON itself of
    one, for where secrets come in the environment. Raises pydantic's `ValidationError` for values
    that cannot be meant, unknown keys of the file among them.
    """

    model_config = SettingsConfigDict(env_prefix="TOPICWIRE_", extra="forbid")

    url: str = "mqtt://localhost:1883"
    broker: str | None = None
    broker_order: Literal["listed", "random"] | None = None
    client_id: str | None = None
    username: str | None = None
    password: SecretStr | None = None
    mqtt_version: Literal["5", "3.1.1"] | None = None
    keep_alive: int | None = Field(default=None, ge=0, le=65_535)
    session_expiry: int | None = Field(default=None, ge=0)
    clean_start: bool | None = None
    connect_timeout: float | None = Field(default=None, gt=0)
    outbox: Path | None = None
    dead_letter: str | None = None
    signing_keys: Path | None = None
    signing_keys_json: SecretStr | None = None
    replay_state: Path | None = None
    allow_unsigned: bool | None = None
    allow_anonymous: bool | None = None
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    crl: Path | None = None
    tls_insecure: bool | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic passes them
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments first, then the environment, then the TOML file."""
        config = os.environ.get("TOPICWIRE_CONFIG")
        if config is None:
            return init_settings, env_settings
        if not Path(config).is_file():
            raise FileNotFoundError(f"TOPICWIRE_CONFIG names {config!r}, which is no file")
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, Path(config))

    def options(self) -> ClientOptions:
        """Return what was set, as the keyword arguments of a client."""
        options: ClientOptions = {}
        for name in (
            "broker", "broker_order", "client_id", "username", "mqtt_version", "keep_alive",
            "session_expiry", "clean_start", "connect_timeout", "outbox", "dead_letter",
            "allow_unsigned", "allow_anonymous", "tls_insecure",
        ):  # fmt: skip
            value = getattr(self, name)
            if value is not None:
                options[name] = value
        if self.password is not None:
            options["password"] = self.password.get_secret_value()
        if self.ca or self.certificate or self.crl:
            options["tls"] = TlsFiles(
                ca=self.ca, certificate=self.certificate, key=self.key, crl=self.crl
            )
        keys = self._keys()
        if keys is not None:
            options["signing"] = Signing(keys=keys, replay_state=self.replay_state)
        return options

    def _keys(self) -> KeyRing | Path | None:
        if self.signing_keys_json is None:
            return self.signing_keys
        text = self.signing_keys_json.get_secret_value()
        return parse_ring(text, "TOPICWIRE_SIGNING_KEYS_JSON")

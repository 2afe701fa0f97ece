"""`docs/spec-conventions.md` documents every setting, and its example can be generated from."""

import dataclasses
import json
import re
from importlib.resources import files

import yaml
from topicwire._formats import FORMATS
from topicwire_codegen.extension import (
    BatchLimits,
    ChannelExtension,
    CompressionSettings,
    document_validator,
    read_compat,
)
from topicwire_codegen.generate import generate

from tests.suspension_spec import ROOT

TEXT = (ROOT / "docs" / "spec-conventions.md").read_text(encoding="utf-8")
SCHEMA = json.loads(files("topicwire_codegen").joinpath("extension.schema.json").read_text("utf-8"))


def settings() -> dict[str, tuple[str, str]]:
    """Values and default of each key in the page's table of `x-topicwire`."""
    section = TEXT.split("## `x-topicwire`\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([\w.]+)` \| (.*?) \| (.*?) \|", section, re.MULTILINE)
    return {key: (values, default) for key, values, default in rows}


def test_the_example_can_be_generated_from(tmp_path):
    spec = tmp_path / "greenhouse.yaml"
    spec.write_text(re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)[0], encoding="utf-8")
    out = tmp_path / "out"
    generate(spec, out, "greenhouse", conventions=True, official=False, write=True)
    publishers = (out / "src" / "greenhouse" / "publishers.py").read_text(encoding="utf-8")
    assert "class TemperaturePublisher" in publishers
    assert 'house: Literal["north", "south"]' in publishers
    apps = (out / "src" / "greenhouse" / "apps.py").read_text(encoding="utf-8")
    assert "class Sensor(" in apps
    assert "class Panel(" in apps


def test_the_table_has_every_setting_and_no_other():
    expected = set()
    for key, schema in SCHEMA["properties"].items():
        expected |= {key} | {f"{key}.{inner}" for inner in schema.get("properties", {})}
    assert set(settings()) == expected


def test_the_table_has_the_values_and_defaults():
    found = settings()
    for key, schema in SCHEMA["properties"].items():
        if "enum" in schema:
            assert re.findall(r"`(\w+)`", found[key][0]) == schema["enum"]
            assert found[key][1] == f"`{getattr(ChannelExtension(), key)}`"
        else:
            assert getattr(ChannelExtension(), key) is None
            assert found[key][1] == "none"
    codecs = SCHEMA["properties"]["compression"]["properties"]["codec"]["enum"]
    assert re.findall(r"`(\w+)`", found["compression.codec"][0]) == codecs
    limits = BatchLimits()
    for key in ("max_messages", "max_bytes", "linger"):
        assert found[f"batch.{key}"][1] == str(getattr(limits, key))
    assert found["compression.threshold"][1] == str(CompressionSettings(codec="gzip").threshold)


def test_the_example_of_an_older_surface_is_one(tmp_path):
    section = TEXT.split("## `x-topicwire` of the document")[1].split("\n## ")[0]
    [example] = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    value = yaml.safe_load(example)["x-topicwire"]
    assert list(document_validator().mismatches(value)) == []
    settings = read_compat(value)
    assert settings is not None
    assert settings.timestamp
    assert settings.renamed
    assert set(re.findall(r"^\| `compat\.(\w+)`", section, re.MULTILINE)) == {
        field.name for field in dataclasses.fields(settings)
    }


def test_formats_that_are_checked_are_listed():
    sentence = TEXT.split("These formats are checked:")[1].split(".")[0]
    assert set(re.findall(r"`([\w-]+)`", sentence)) == set(FORMATS)

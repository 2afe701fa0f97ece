"""What a device installs: the runtime and the generated package, and nothing of the generator."""

import re
import subprocess
import sys
from importlib.metadata import requires

GENERATOR = {
    "jinja2", "jsonschema", "pyyaml", "ruff", "rich", "typer",
    "topicwire-codegen",
}  # fmt: skip

EXTRAS = {"prometheus-client", "opentelemetry-api"}


def closure(distribution: str) -> set[str]:
    """Return everything that installing a distribution brings along."""
    found: set[str] = set()
    pending = [distribution]
    while pending:
        name = pending.pop()
        if name in found:
            continue
        found.add(name)
        for requirement in requires(name) or []:
            if "extra ==" not in requirement:
                match = re.match(r"[A-Za-z0-9._-]+", requirement)
                assert match is not None
                pending.append(re.sub(r"[-_.]+", "-", match[0]).lower())
    return found


def test_a_device_needs_nothing_of_the_generator():
    needed = closure("suspension-protocol")
    assert {"topicwire", "paho-mqtt", "pydantic"} <= needed
    assert not needed & GENERATOR
    assert not needed & EXTRAS, "they are installed by who asks for them"


def test_nothing_of_the_generator_is_imported_and_settings_only_on_demand():
    program = (
        "import sys, suspension_protocol.apps, suspension_protocol.aio.apps;"
        "print('\\n'.join({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    modules = set(done.stdout.split())
    assert {"topicwire", "suspension_protocol"} <= modules
    assert not modules & {
        "topicwire_codegen", "jinja2", "jsonschema", "yaml", "pydantic_settings",
        "typer", "rich", "prometheus_client", "opentelemetry",
    }  # fmt: skip


def test_a_check_is_loaded_when_a_model_that_has_one_is_used():
    program = (
        "import sys\n"
        "from typing import Annotated\n"
        "import suspension_protocol.channels as channels\n"
        "from topicwire import JsonSchema, RootPayload\n"
        "for channel in channels.CHANNELS: channel.codec.decode\n"
        "[c.codec._adapter for c in channels.CHANNELS]\n"
        "print('topicwire._schema_check' in sys.modules)\n"
        "class Tags(RootPayload[Annotated[list[str], JsonSchema({'uniqueItems': True})]]): pass\n"
        "Tags.model_validate_json('[]')\n"
        "print('topicwire._schema_check' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "True"]

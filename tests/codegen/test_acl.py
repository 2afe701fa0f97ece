"""`topicwire acl`: what the rules are, how they are written, and what a second run leaves alone."""

import hashlib
import json
import re
import stat
import subprocess
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from topicwire_codegen.acl import mosquitto, rabbitmq
from topicwire_codegen.acl.access import BrokerKind, write_access
from topicwire_codegen.acl.credentials import complete, read_credentials
from topicwire_codegen.acl.folder import SHARED, State, write_file
from topicwire_codegen.acl.rules import AppRules, Level, Topics, app_rules
from topicwire_codegen.build import build
from topicwire_codegen.cli import app
from topicwire_codegen.errors import SpecError
from topicwire_codegen.generate import validate
from topicwire_codegen.output import OutputError
from topicwire_codegen.references import Workspace
from typer.testing import CliRunner

from tests.codegen.asyncapi_documents import spec_of

DOCUMENT = """\
asyncapi: 3.1.0
info: {title: House, version: 1.0.0}
channels:
  climate:
    address: house/{floor}/{room}/climate
    parameters:
      floor: {enum: ['0', '1']}
      room: {}
    messages: {climate: {payload: {$ref: '#/components/schemas/Climate'}}}
    x-topicwire: {batch: {}}
  door:
    address: house/door.{side}-{number}
    parameters:
      side: {enum: [in, out]}
      number: {enum: ['1', '2']}
    messages: {door: {payload: {$ref: '#/components/schemas/Climate'}}}
operations:
  sendClimate:
    action: send
    channel: {$ref: '#/channels/climate'}
    tags: [{name: sensor}]
  receiveClimate:
    action: receive
    channel: {$ref: '#/channels/climate'}
    tags: [{name: panel}, {name: log book}]
  sendDoor:
    action: send
    channel: {$ref: '#/channels/door'}
    tags: [{name: panel}]
components:
  schemas:
    Climate: {type: object, properties: {celsius: {type: number}}}
"""
DOORS = tuple(f"house/door.{side}-{number}" for side in ("in", "out") for number in "12")
FLOORS = ("house/0/+/climate", "house/1/+/climate")
BATCHES = tuple(f"{topic}/batch" for topic in FLOORS)
BOTH = tuple(BrokerKind)


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "house.yaml"
    path.write_text(DOCUMENT)
    return path


def rules(spec: Path) -> tuple[AppRules, ...]:
    return app_rules(build(Workspace.open(spec)).protocol)


def filters(topics: tuple[Topics, ...]) -> tuple[str, ...]:
    return tuple(each for some in topics for each in some.filters)


def write(spec: Path, output: Path, *brokers: BrokerKind):
    return write_access(spec, output, brokers or BOTH, conventions=False, official=False)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_an_app_writes_what_it_sends_and_reads_what_it_receives(spec: Path):
    found = {each.name: (filters(each.writes), filters(each.reads)) for each in rules(spec)}
    assert found == {
        "sensor": (FLOORS + BATCHES, ()),
        "panel": (DOORS, FLOORS + BATCHES),
        "log book": ((), FLOORS + BATCHES),
    }


def test_partitions_and_the_meetings_of_their_workers(spec: Path):
    spec.write_text(DOCUMENT.replace("batch: {}", "partitions: {count: 4, by: room}"))
    found = {each.name: (filters(each.writes), filters(each.reads)) for each in rules(spec)}
    partitions = tuple(f"{topic}/partition/+" for topic in FLOORS)
    workers = ("house/floor/room/climate/workers/+",)
    assert found["sensor"] == (partitions, ())
    assert found["log book"] == (workers, partitions + workers)


def test_a_level_of_which_a_part_can_be_anything_can_be_anything(tmp_path: Path):
    spec = tmp_path / "house.yaml"
    spec.write_text(DOCUMENT.replace("number: {enum: ['1', '2']}", "number: {}"))
    assert filters(rules(spec)[1].writes) == ("house/+",)


def test_rules_of_mosquitto(spec: Path):
    lines = mosquitto.render_acl(rules(spec), "# Generated").splitlines()
    assert lines[0] == "# Generated"
    assert "$SYS and those of dead # letters, are in no rule" in " ".join(lines[:4])
    assert lines[5:] == [
        "user sensor",
        *(f"topic write {each}" for each in FLOORS + BATCHES),
        "",
        "user panel",
        *(f"topic write {each}" for each in DOORS),
        *(f"topic read {each}" for each in FLOORS + BATCHES),
        "",
        "user log book",
        *(f"topic read {each}" for each in FLOORS + BATCHES),
    ]


def test_a_password_of_mosquitto_has_the_form_that_mosquitto_passwd_gives_it(tmp_path: Path):
    hashed = mosquitto.make_hash("sécret")
    assert re.fullmatch(r"\$7\$101\$[A-Za-z0-9+/]{16}\$[A-Za-z0-9+/]{86}==", hashed)
    assert mosquitto.make_hash("sécret") != hashed, "every hash has a salt of its own"
    own = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(own), "gui", "sécret"], check=True)
    theirs = mosquitto.password_hashes(own.read_text())["gui"]
    for each in (hashed, theirs):
        assert mosquitto.verify("sécret", each)
        assert not mosquitto.verify("secret", each)


@pytest.mark.parametrize(
    "hashed", ["", "x", "$7$101$a$b", "$7$x$AAAA$AAAA", "$7$0$AAAA$AAAA", "$7$-1$AAAA$AAAA", "a:b"]
)
def test_what_is_no_hash_is_of_no_password(hashed: str):
    assert not mosquitto.verify("", hashed)
    assert not rabbitmq.verify("", hashed)


def test_a_hash_of_less_strength_is_replaced():
    key = hashlib.pbkdf2_hmac("sha512", b"secret", bytes(12), 1)
    assert not mosquitto.verify("secret", f"$7$1${'A' * 16}${b64encode(key).decode()}")


def test_a_password_of_rabbitmq_is_salted_sha256():
    hashed = b64decode(rabbitmq.make_hash("sécret"))
    salt, digest = hashed[:4], hashed[4:]
    assert digest == hashlib.sha256(salt + "sécret".encode()).digest()
    # The example of RabbitMQ's page about passwords.
    assert rabbitmq.verify("test12", "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR")
    assert not rabbitmq.verify("test13", "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR")


def test_routing_keys_of_rabbitmq():
    free = Topics((Level(("a.b",), varies=False), Level((), varies=True)))
    some = Topics((Level(("c",), varies=False), Level(("d", "e+"), varies=True)))
    one = Topics((Level(("f",), varies=True),))
    published = re.compile(
        rabbitmq.routing_keys((free, some, one), wildcards=False).replace(r"\z", r"\Z")
    )
    for key in ("a.b.x", "a.b.y z", "c.d", "c.e+", "f"):
        assert published.search(key)
    for key in (
        "a.b",
        "a.b.",
        "a.b.x.y",
        "aXb.x",
        "c.d\n",
        "xc.d",
        "c.*",
        "c.#",
        "*",
        "#",
        "",
        "\n",
    ):
        assert not published.search(key)
    subscribed = re.compile(
        rabbitmq.routing_keys((free, some, one), wildcards=True).replace(r"\z", r"\Z")
    )
    for key in ("a.b.x", "a.b.*", "c.d", "c.*", "f", "*"):
        assert subscribed.search(key)
    for key in ("#", "a.b.#", "a.#", "c.#", "*.*", "*.d", "a.*.x", "#.x"):
        assert not subscribed.search(key)
    nothing = re.compile(rabbitmq.routing_keys((), wildcards=False).replace(r"\z", r"\Z"))
    assert not nothing.search("a")
    assert not nothing.search("\n")


def test_definitions_of_rabbitmq(spec: Path, tmp_path: Path):
    write(spec, tmp_path / "out", BrokerKind.RABBITMQ)
    definitions = json.loads((tmp_path / "out" / "rabbitmq.json").read_text())
    assert definitions["explanation"].startswith(
        "Generated from house.yaml by topicwire-codegen 0.1. DO NOT EDIT. One user for each app"
    )
    assert [user["name"] for user in definitions["users"]] == ["sensor", "panel", "log book"]
    permissions = {each["user"]: each for each in definitions["permissions"]}
    queues, both = "^mqtt-(subscription|will)-.*$", r"^(mqtt-(subscription|will)-.*|amq\.topic)$"
    assert {name: (p["configure"], p["write"], p["read"]) for name, p in permissions.items()} == {
        "sensor": (queues, both, queues),
        "panel": (queues, both, both),
        "log book": (queues, queues, both),
    }
    topics = {each["user"]: each for each in definitions["topic_permissions"]}
    assert all(each["exchange"] == "amq.topic" for each in topics.values())
    assert topics["panel"]["write"] == (
        r"^(house\.(door\.in\-1|door\.in\-2|door\.out\-1|door\.out\-2))\z"
    )
    assert topics["panel"]["read"] == (
        r"^(house\.(0|1|\*)\.[^.#]+\.climate|house\.(0|1|\*)\.[^.#]+\.climate\.batch)\z"
    )
    assert topics["log book"]["write"] == r"^\z"


def test_only_the_files_of_the_brokers_asked_for_are_written(spec: Path, tmp_path: Path):
    write(spec, tmp_path / "a", BrokerKind.MOSQUITTO)
    write(spec, tmp_path / "b", BrokerKind.RABBITMQ)
    assert sorted(contents(tmp_path / "a")) == [
        "credentials.json", "mosquitto.acl", "mosquitto.conf", "mosquitto.passwd",
    ]  # fmt: skip
    assert sorted(contents(tmp_path / "b")) == ["credentials.json", "rabbitmq.json"]


def test_secrets_are_for_few_eyes(spec: Path, tmp_path: Path):
    out = tmp_path / "out"
    write(spec, out)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()}
    assert modes.pop("credentials.json") == 0o600
    assert set(modes.values()) == {0o640}
    (out / "credentials.json").chmod(0o644)
    (out / "mosquitto.passwd").chmod(0o600)
    write(spec, out)
    assert stat.S_IMODE((out / "credentials.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((out / "mosquitto.passwd").stat().st_mode) == 0o600, "stays tighter"


def test_twice_changes_nothing(spec: Path, tmp_path: Path):
    out = tmp_path / "out"
    first = write(spec, out)
    assert set(first.files.values()) == {State.WRITTEN}
    assert first.new == first.users == ("sensor", "panel", "log book")
    before = contents(out)
    again = write(spec, out)
    assert contents(out) == before
    assert again.new == ()
    assert again.files.pop(out / "mosquitto.conf") is State.KEPT
    assert set(again.files.values()) == {State.UNCHANGED}


def test_another_run_changes_only_what_the_document_has_changed(spec: Path, tmp_path: Path):
    out = tmp_path / "out"
    write(spec, out)
    (out / "mosquitto.conf").write_text("# completed by hand\n")
    before = json.loads((out / "credentials.json").read_text())
    hashes = mosquitto.password_hashes((out / "mosquitto.passwd").read_text())
    rabbits = rabbitmq.password_hashes((out / "rabbitmq.json").read_text())
    spec.write_text(DOCUMENT.replace("name: log book", "name: archive"))
    access = write(spec, out)
    assert (access.new, access.strangers) == (("archive",), ("log book",))
    after = json.loads((out / "credentials.json").read_text())
    assert {user: after[user] for user in before} == before
    assert len(after["archive"]) == 32
    assert "log book" not in (out / "mosquitto.acl").read_text()
    for old, new in (
        (hashes, mosquitto.password_hashes((out / "mosquitto.passwd").read_text())),
        (rabbits, rabbitmq.password_hashes((out / "rabbitmq.json").read_text())),
    ):
        assert list(new) == ["sensor", "panel", "archive"]
        assert (new["sensor"], new["panel"]) == (old["sensor"], old["panel"])
    assert (out / "mosquitto.conf").read_text() == "# completed by hand\n"


def test_a_password_that_somebody_has_chosen_is_taken(spec: Path, tmp_path: Path):
    out = tmp_path / "out"
    write(spec, out)
    passwords = json.loads((out / "credentials.json").read_text())
    (out / "credentials.json").write_text(json.dumps({**passwords, "panel": "of my own"}))
    hashes = mosquitto.password_hashes((out / "mosquitto.passwd").read_text())
    write(spec, out)
    changed = mosquitto.password_hashes((out / "mosquitto.passwd").read_text())
    assert changed["sensor"] == hashes["sensor"]
    assert mosquitto.verify("of my own", changed["panel"])
    assert rabbitmq.verify(
        "of my own", rabbitmq.password_hashes((out / "rabbitmq.json").read_text())["panel"]
    )


def test_passwords_are_made_for_those_who_have_none():
    made = complete({"a": "x"}, ["a", "b", "c"])
    assert made["a"] == "x"
    assert made["b"] != made["c"]


@pytest.mark.parametrize("name", ["mosquitto.acl", "rabbitmq.json"])
def test_a_file_of_somebody_else_is_never_replaced(name: str, spec: Path, tmp_path: Path):
    (tmp_path / name).write_text("mine\n")
    with pytest.raises(
        OutputError, match=rf"{name} was not generated, so it is not replaced; give"
    ):
        write(spec, tmp_path)
    assert (tmp_path / name).read_text() == "mine\n"
    assert not (tmp_path / "credentials.json").exists(), "nothing was written"


def test_a_user_that_somebody_has_added_is_not_lost(spec: Path, tmp_path: Path):
    out = tmp_path / "out"
    write(spec, out)
    passwords = out / "mosquitto.passwd"
    subprocess.run(["mosquitto_passwd", "-b", str(passwords), "admin", "secret"], check=True)
    before = contents(out)
    with pytest.raises(OutputError, match=r"has users that are not the document's: admin; it is"):
        write(spec, out)
    assert contents(out) == before
    passwords.write_text("what is no password file\n")
    with pytest.raises(OutputError, match=r"not the document's: what is no password file; it is"):
        write(spec, out)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", r"is not JSON: Expecting .*; mend it, or move it away to have new passwords made"),
        ("[]", r'has to be an object such as {"user": "password"}, with a text for each user'),
        ('{"gui": 1}', r'has to be an object such as {"gui": "password"}'),
        ('{"gui": ""}', r'has to be an object such as {"gui": "password"}'),
    ],
)
def test_passwords_that_cannot_be_read(text: str, complaint: str, tmp_path: Path):
    path = tmp_path / "credentials.json"
    path.write_text(text)
    with pytest.raises(OutputError, match=complaint):
        read_credentials(path)
    assert path.read_text() == text


def test_the_target_of_a_link_is_written_and_the_link_stays(tmp_path: Path):
    (tmp_path / "safe").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "safe" / "file")
    assert write_file(link, "text", SHARED) is State.WRITTEN
    assert link.is_symlink()
    assert [path.name for path in (tmp_path / "safe").iterdir()] == ["file"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"file/x cannot be written: File exists"):
        write_file(tmp_path / "file" / "x", "text", SHARED)


REFUSED = {
    "no_apps": (
        re.sub(r"    tags: .*\n", "", DOCUMENT),
        "house.yaml:17:1: #/operations\n"
        "  no-apps: no operation has a tag, so there is no app to write access rules for\n"
        "  remedy: name the apps that perform each operation in its 'tags'",
    ),
    "no_operations": (
        DOCUMENT.partition("operations:")[0] + "components:" + DOCUMENT.partition("components:")[2],
        "house.yaml:1:1: #\n"
        "  no-apps: no operation has a tag, so there is no app to write access rules for\n"
        "  remedy: name the apps that perform each operation in its 'tags'",
    ),
    "colon": (
        DOCUMENT.replace("name: sensor", "name: 'sen:sor'"),
        "house.yaml:21:13: #/operations/sendClimate/tags/0/name\n"
        "  impossible-user: app 'sen:sor' cannot be the name of a broker's user\n"
        "  remedy: use a name without ':', without line breaks, and without spaces or '#' at its "
        "beginning",
    ),
    "line_break": (
        DOCUMENT.replace("name: sensor", 'name: "sensor\\nuser root"'),
        "house.yaml:21:13: #/operations/sendClimate/tags/0/name\n"
        "  impossible-user: app 'sensor\\nuser root' cannot be the name of a broker's user\n"
        "  remedy: use a name without ':', without line breaks, and without spaces or '#' at its "
        "beginning",
    ),
    "line_break_in_an_address": (
        DOCUMENT.replace("enum: [in, out]", 'enum: [in, "out\\ntopic write all"]'),
        "house.yaml:12:5: #/channels/door/address\n"
        "  impossible-rule: the topics of address 'house/door.{side}-{number}' have spaces around "
        "a level, or characters that cannot be seen, which mosquitto cannot read in its rules\n"
        "  remedy: leave them out of the address and of the values of its parameters",
    ),
    "too_many": (
        DOCUMENT.replace("enum: ['1', '2']", f"enum: {[str(n) for n in range(501)]}"),
        "house.yaml:12:5: #/channels/door/address\n"
        "  impossible-rule: address 'house/door.{side}-{number}' stands for 1002 topics, which "
        "makes as many rules\n"
        "  remedy: leave out the 'enum' of a parameter, or have no more than 1000 topics",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_written_is_refused(case: str, spec: Path, tmp_path: Path):
    text, problem = REFUSED[case]
    spec.write_text(text)
    with pytest.raises(SpecError) as caught:
        write(spec, tmp_path / "out")
    assert str(caught.value) == problem
    assert not (tmp_path / "out").exists()


def test_the_command(spec: Path, tmp_path: Path):
    out = tmp_path / "out"
    arguments = ["acl", str(spec), "--output", str(out), "--no-official"]
    done = CliRunner().invoke(app, [*arguments, "--broker", "mosquitto"])
    assert done.exit_code == 0
    assert done.stderr == (
        f"{out}/credentials.json: written\n"
        f"{out}/mosquitto.acl: written\n"
        f"{out}/mosquitto.passwd: written\n"
        f"{out}/mosquitto.conf: written\n"
        "3 users: sensor, panel, log book\n"
        "new passwords: sensor, panel, log book\n"
        "left to do:\n"
        f"* give each app its password from {out}/credentials.json (username= and password=, or "
        "TOPICWIRE_USERNAME and TOPICWIRE_PASSWORD), and keep this folder out of version control\n"
        "* mosquitto: fill in TLS in mosquitto.conf; let the broker read mosquitto.acl and "
        "mosquitto.passwd (chgrp mosquitto ...); start it, or make a running one read them again "
        "with SIGHUP\n"
    )
    done = CliRunner().invoke(app, arguments)
    assert f"{out}/mosquitto.acl: unchanged\n" in done.stderr
    assert f"{out}/mosquitto.conf: kept as it is\n" in done.stderr
    assert f"rabbitmqctl import_definitions {out}/rabbitmq.json" in done.stderr
    for path in out.iterdir():
        password = json.loads((out / "credentials.json").read_text())["panel"]
        assert password not in done.stderr
        assert path.name == "credentials.json" or password not in path.read_text()


def test_the_command_refuses_a_document_with_problems(spec: Path, tmp_path: Path):
    spec.write_text(DOCUMENT.replace("house/door", "house/#/door"))
    arguments = ["acl", str(spec), "--output", str(tmp_path / "out"), "--no-official"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 2
    assert "wildcard-in-address" in done.stderr
    assert "1 problem; nothing was written" in done.stderr
    assert not (tmp_path / "out").exists()


def test_who_asks_may_hear_the_answers_and_who_answers_may_send_them():
    protocol = build(validate(spec_of("requests"), conventions=False, official=False)).protocol
    rules = {rule.name: rule for rule in app_rules(protocol)}
    answers = {"calc/+/sums", "reply/pong/+"}
    asker, calculator = rules["asker"], rules["calculator"]
    assert {name for topics in asker.reads for name in topics.filters} == answers
    assert {name for topics in calculator.writes for name in topics.filters} == answers
    assert {name for topics in calculator.reads for name in topics.filters} == {
        "calc/+/add",
        "ping",
    }

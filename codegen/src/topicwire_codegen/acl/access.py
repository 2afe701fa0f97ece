"""The whole way from a document to the files of brokers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from topicwire_codegen.acl import mosquitto, rabbitmq
from topicwire_codegen.acl.credentials import complete, read_credentials, render_credentials
from topicwire_codegen.acl.folder import (
    PRIVATE,
    SHARED,
    State,
    read_generated,
    read_text,
    write_file,
)
from topicwire_codegen.acl.refusals import check_rules
from topicwire_codegen.acl.rules import AppRules, app_rules
from topicwire_codegen.build import build
from topicwire_codegen.errors import SpecError
from topicwire_codegen.generate import validate
from topicwire_codegen.output import OutputError
from topicwire_codegen.render import header

CREDENTIALS = "credentials.json"
ACL = "mosquitto.acl"
PASSWORDS = "mosquitto.passwd"
CONFIGURATION = "mosquitto.conf"
DEFINITIONS = "rabbitmq.json"


class BrokerKind(StrEnum):
    """The brokers that files can be written for."""

    MOSQUITTO = "mosquitto"
    RABBITMQ = "rabbitmq"


@dataclass(frozen=True, slots=True)
class Access:
    """What a run came to: the files, the users, those whose password is new, and old ones.

    `strangers` have a password in the credentials and are not in the document any more.
    """

    files: dict[Path, State]
    users: tuple[str, ...]
    new: tuple[str, ...]
    strangers: tuple[str, ...]


def write_access(
    spec: Path, output: Path, brokers: Collection[BrokerKind], *, conventions: bool, official: bool
) -> Access:
    """Write the access rules of a document for these brokers into a folder.

    Raises `SpecError` for a document with problems and `OutputError` for files that are not this
    program's to replace; nothing is written then.
    """
    workspace = validate(spec, conventions=conventions, official=official)
    protocol = build(workspace).protocol
    problems = tuple(check_rules(workspace, protocol))
    if problems:
        raise SpecError(problems)
    rules = app_rules(protocol)
    known = read_credentials(output / CREDENTIALS)
    credentials = complete(known, (app.name for app in rules))
    texts = _texts(rules, credentials, output.resolve(), brokers, header(spec.name))
    # First the passwords: without them the hashes of an interrupted run were of no use.
    files = {
        output / CREDENTIALS: write_file(
            output / CREDENTIALS, render_credentials(credentials), PRIVATE
        )
    }
    files |= {
        output / name: write_file(output / name, text, SHARED) for name, text in texts.items()
    }
    if BrokerKind.MOSQUITTO in brokers:
        configuration = output / CONFIGURATION
        files[configuration] = _begin(configuration, header(spec.name))
    users = tuple(app.name for app in rules)
    return Access(
        files,
        users,
        tuple(user for user in users if user not in known),
        tuple(user for user in known if user not in users),
    )


def _texts(
    rules: tuple[AppRules, ...],
    credentials: dict[str, str],
    output: Path,
    brokers: Collection[BrokerKind],
    mark: str,
) -> dict[str, str]:
    """Return the files that are made anew each time; raises `OutputError` for foreign ones."""
    texts: dict[str, str] = {}
    if BrokerKind.MOSQUITTO in brokers:
        read_generated(output / ACL)
        existing = read_text(output / PASSWORDS)
        _check_users(output / PASSWORDS, mosquitto.password_hashes(existing), credentials)
        texts[ACL] = mosquitto.render_acl(rules, mark)
        ours = {app.name: credentials[app.name] for app in rules}
        texts[PASSWORDS] = mosquitto.render_passwords(ours, existing)
    if BrokerKind.RABBITMQ in brokers:
        existing = read_generated(output / DEFINITIONS)
        _check_users(output / DEFINITIONS, rabbitmq.password_hashes(existing), credentials)
        texts[DEFINITIONS] = rabbitmq.render_definitions(rules, credentials, mark, existing)
    return texts


def _check_users(path: Path, found: Collection[str], known: Collection[str]) -> None:
    """Raise `OutputError` for users that somebody has added: nobody else has their passwords."""
    added = [user for user in found if user not in known]
    if added:
        raise OutputError(
            f"{path} has users that are not the document's: {', '.join(added)}; it is written anew "
            "each time, so keep them in a file of your own and put the two together for the broker"
        )


def _begin(configuration: Path, mark: str) -> State:
    """Write the beginning of a configuration, unless somebody has gone on with one."""
    if configuration.exists():
        return State.KEPT
    folder = configuration.parent.resolve()
    text = mosquitto.render_configuration(
        folder / ACL, folder / PASSWORDS, mark.replace(" DO NOT EDIT.", "")
    )
    return write_file(configuration, text, SHARED)

"""The site that `make docs` makes: its links, what it loads, and how browsers show it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

import pytest
import suspension_protocol
import topicwire

from tests.docs.blocks import ROOT, pages
from tests.suspension_spec import DOCUMENT

BROWSED = [
    "index.html", "first-steps.html", "catalogue/index.html", "catalogue/channels/test_start.html",
    "catalogue/payloads.html", "reference/topicwire.html", "asyncapi/index.html",
]  # fmt: skip
# What AsyncAPI's template makes is one page of its own, with links by script.
BY_OTHERS = "asyncapi/index.html"


@pytest.fixture(scope="session")
def site() -> Path:
    """The site, made as a user makes it; what is installed is taken as it is."""
    installed = ("node_modules/.stamp", ".venv/develop.stamp", ".venv/services.stamp")
    old = [option for stamp in installed for option in ("--old-file", stamp)]
    done = subprocess.run(
        ["make", *old, "docs"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return ROOT / "site"


class Page(HTMLParser):
    """What a page loads, where it links to, and what can be linked to in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "link":
            # These are only addresses: of the page itself, and of its neighbours.
            if given.get("rel") not in ("canonical", "prev", "next"):
                self.loads.append(given["href"])
        elif "src" in given:
            self.loads.append(given["src"])


@pytest.fixture(scope="session")
def read(site: Path) -> dict[str, Page]:
    paths = sorted(site.rglob("*.html"))
    return {path.relative_to(site).as_posix(): Page(path) for path in paths}


def is_elsewhere(address: str) -> bool:
    return re.match(r"[a-z]+:|//", address) is not None


def test_every_link_leads_somewhere(site: Path, read: dict[str, Page]):
    wrong = []
    for name, page in read.items():
        if name in (BY_OTHERS, "404.html"):
            continue
        for link in (*page.links, *page.loads):
            if is_elsewhere(link) or link.startswith(("data:", "javascript:")):
                continue
            address, anchor = urldefrag(urljoin(f"/{name}", link))
            target = unquote(address.removeprefix("/"))
            target = f"{target}index.html" if target.endswith("/") or not target else target
            anchors = read[target].anchors if target in read else {anchor}
            if not (site / target).is_file() or (anchor and anchor not in anchors):
                wrong.append(f"{name}: {link}")
    assert wrong == []


def test_nothing_is_loaded_from_elsewhere(site: Path, read: dict[str, Page]):
    loaded = {
        f"{name}: {each}"
        for name, page in read.items()
        for each in page.loads
        if is_elsewhere(each)
    }
    assert {each for each in loaded if ": data:" not in each} == set()
    for path in site.rglob("*.css"):
        found = re.findall(r"(?:url\(|@import )['\"]?((?:https?:)?//[^'\")]+)", path.read_text())
        assert found == [], path


def test_links_to_elsewhere_are_secure(read: dict[str, Page]):
    links = {link for page in read.values() for link in page.links if is_elsewhere(link)}
    assert links
    assert {link for link in links if not link.startswith(("https://", "mailto:"))} == set()


def test_every_page_that_was_written_is_in_it(site: Path):
    for path in pages():
        name = path.name.lower() if path.parent == ROOT else path.name
        if name != "readme.md":
            assert (site / name).with_suffix(".html").is_file(), path


def test_every_page_is_in_the_navigation(read: dict[str, Page]):
    first = read["index.html"]
    linked = {link for page in read.values() for link in page.links}
    for name in read:
        if name not in ("404.html", "index.html"):
            assert any(link.endswith(name.rsplit("/", 1)[-1]) for link in linked), name
    assert {"first-steps.html", "catalogue/index.html", "reference/topicwire.html"} <= set(
        first.links
    )


def test_the_reference_has_every_public_name(read: dict[str, Page]):
    runtime = set().union(
        *(page.anchors for name, page in read.items() if name.startswith("reference/topicwire"))
    )
    names = [name for name in topicwire.__all__ if not name.startswith("_")]
    missing = {
        name for name in names if not {f"topicwire.{name}", f"topicwire.errors.{name}"} & runtime
    }
    assert missing == set()
    stubs = read["reference/suspension_protocol.publishers.html"].anchors
    for key in DOCUMENT["channels"]:
        stem = key[0].upper() + key[1:]
        assert f"{suspension_protocol.__name__}.publishers.{stem}Publisher.publish" in stubs


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("there is no Chromium; tools/install-browser says why")
    return found


@pytest.fixture(scope="session")
def served(site: Path) -> Iterator[str]:
    handler = partial(QuietHandler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("over", ["http", "file"])
def test_browsers_show_it_and_ask_nobody_else(over: str, site: Path, request):
    browser = chromium()
    base = request.getfixturevalue("served") if over == "http" else f"{site.as_uri()}/"
    browsed = BROWSED if over == "http" else BROWSED[:1]
    done = subprocess.run(
        ["node", ROOT / "tests/docs/browse.mjs", browser, base, *browsed],
        capture_output=True, text=True, check=False, timeout=400,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["elsewhere"] == []
    assert found["failed"] == []
    assert found["errors"] == []
    assert found["overflowing"] == []
    assert found["reached"].endswith("/catalogue/payloads.html#testcommand")
    light, dark = (
        sum(map(int, re.findall(r"\d+", found["backgrounds"][scheme])[:3]))
        for scheme in ("light", "dark")
    )
    assert light > 600
    assert dark < 150
    assert found["printed"] == {".md-header": False, ".md-sidebar": False, ".md-content": True}

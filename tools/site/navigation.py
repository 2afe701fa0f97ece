"""The order of the pages. A page that is named nowhere here is put behind the guides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_Nav = list[dict[str, object]]

_GUIDES = {
    "Begin": ("first-steps", "services"),
    "Write services": ("runtime", "delivery", "errors", "testing", "migration"),
    "Change the protocol": ("spec-conventions", "evolution"),
    "Operate": ("deploy", "scale", "observability", "command", "flight-recorder", "performance"),
    "Security": ("security", "access", "signing"),
}
_PROTOCOL = ("protocol", "wire", "asyncapi")
_PROJECT = ("changelog", "architecture", "contributing")
_TITLES = {
    "security": "What is protected", "changelog": "Changelog", "architecture": "Architecture",
    "contributing": "Contributing",
}  # fmt: skip


def order_pages(places: Iterable[str]) -> _Nav:
    """Return the navigation of the pages among the files of the site, which are in good order."""
    pages = [place for place in places if place.endswith(".md")]
    named = {name for names in _GUIDES.values() for name in names} | {
        *_PROTOCOL,
        *_PROJECT,
        "index",
    }
    top = [page.removesuffix(".md") for page in pages if "/" not in page]
    guides: _Nav = [{title: list(_entries(names, top))} for title, names in _GUIDES.items()]
    more = [f"{name}.md" for name in top if name not in named]
    return [
        {"Home": "index.md"},
        {"Guides": [*guides, *([{"More": more}] if more else [])]},
        {
            "Protocol": [
                {"Who sends what": "catalogue/index.md"},
                *_entries(_PROTOCOL, top),
                {"Payloads": "catalogue/payloads.md"},
                {"Versions": "catalogue/changelog.md"},
                {"Apps": [page for page in pages if page.startswith("catalogue/apps/")]},
                {"Channels": [page for page in pages if page.startswith("catalogue/channels/")]},
            ]
        },
        {"Python": _reference(pages)},
        {"Project": list(_entries(_PROJECT, top))},
    ]


def _entries(names: Iterable[str], there: Iterable[str]) -> Iterator[object]:
    for name in names:
        if name in there:
            yield {_TITLES[name]: f"{name}.md"} if name in _TITLES else f"{name}.md"


def _reference(pages: list[str]) -> _Nav:
    """Return a section for each package."""
    packages: dict[str, list[object]] = {}
    for page in pages:
        if page.startswith("reference/"):
            module = page.removeprefix("reference/").removesuffix(".md")
            package, _, inside = module.partition(".")
            packages.setdefault(package, []).append({inside or package: page})
    return [{package: listed} for package, listed in packages.items()]

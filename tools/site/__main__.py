"""Put together what the site is built of: a folder of Markdown, and the configuration for it.

Nothing here depends on the program that makes HTML of it, but the configuration, in which only the
navigation is added.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path, PurePosixPath

import yaml
from topicwire_codegen.catalogue.pages import make_catalogue

from tools.site.navigation import order_pages
from tools.site.reference import reference_pages
from tools.site.sources import ROOT, Sources

_CATALOGUE = "catalogue"
# What is there already, or was made by npm and other targets, by its place in the site.
_COPIED = {
    "asyncapi/index.html": ROOT / ".cache/asyncapi/index.html",
    "asyncapi/asyncapi.json": ROOT / "generated/src/suspension_protocol/asyncapi.json",
    "asyncapi/asyncapi.yaml": ROOT / "asyncapi.yaml",
    "assets/iframe-worker.js": ROOT / "node_modules/iframe-worker/shim/index.js",
}
_DRAWING = re.compile(r"!\[(?P<about>[^]]*)\]\((?P<file>\w+\.svg)\)")


def main(folder: Path) -> None:
    """Write `docs/` and `mkdocs.yml` into a folder; the HTML will be in `html/` there."""
    shutil.rmtree(folder, ignore_errors=True)
    sources = Sources()
    for place, path in {**sources.files(), **_COPIED}.items():
        target = folder / "docs" / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".md":
            text = sources.with_links(path.read_text(encoding="utf-8"), place)
            target.write_text(text, encoding="utf-8")
        else:
            shutil.copyfile(path, target)
    made = make_catalogue(ROOT / "asyncapi.yaml", "suspension_protocol", ROOT / "docs/versions")
    pages = {
        f"{_CATALOGUE}/{name}": _with_drawings(name, text, made) for name, text in made.items()
    }
    pages |= reference_pages()
    for place, text in pages.items():
        target = folder / "docs" / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    settings = yaml.safe_load((Path(__file__).parent / "mkdocs.yml").read_text(encoding="utf-8"))
    settings["nav"] = order_pages([*sources.files(), *pages])
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")


def _with_drawings(name: str, text: str, made: dict[str, str]) -> str:
    """Return a page with its drawings in it.

    As a part of the page a drawing takes its colours, and what is in it can be followed.
    """

    def draw(match: re.Match[str]) -> str:
        svg = made[str(PurePosixPath(name).parent / match["file"])]
        # Markdown would take an empty line for the end of it.
        svg = "\n".join(filter(None, svg.replace('.md"', '.html"').splitlines()))
        return f'<div class="drawing">\n{svg}\n</div>'

    return _DRAWING.sub(draw, text)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

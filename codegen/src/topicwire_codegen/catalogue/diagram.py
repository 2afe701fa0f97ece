"""A drawing of who sends what to whom: senders, channels, receivers, from left to right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from topicwire_codegen.catalogue.markdown import MARK
from topicwire_codegen.protocol import Channel, merge

# Colours that can be told apart on white and on black, also by most who are colour-blind.
_COLOURS = (
    "#2f7fd6", "#d2691e", "#1d9a6c", "#a15bc7", "#c2474b", "#8a7d1c", "#1798a8", "#c04a8b",
)  # fmt: skip
_ROW, _GAP, _HEADING = 28.0, 8.0, 26.0
_APP_WIDTH, _APP_HEIGHT, _APP_GAP = 118.0, 38.0, 14.0
_MARGIN, _BETWEEN = 4.0, 190.0
# A letter is about so wide; no font can be measured here.
_LETTER = 7.4

_STYLE = """
svg:root { color: #24292f; }
@media (prefers-color-scheme: dark) { svg:root { color: #d7dde4; background: #14181d; } }
.tw text { fill: currentColor; font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; }
.tw .heading { font-size: 11px; letter-spacing: .06em; opacity: .7; }
.tw .app text { font-weight: 600; text-anchor: middle; }
.tw .app rect { fill: none; stroke-width: 2; }
.tw .channel rect { fill: currentColor; fill-opacity: .06; }
.tw .channel rect { stroke: currentColor; stroke-opacity: .25; }
.tw .channel text { text-anchor: middle; }
.tw .edge { fill: none; stroke-width: 1.6; stroke-opacity: .55; }
.tw a { text-decoration: none; }
.tw a:hover rect, .tw a:focus rect { stroke: currentColor; stroke-opacity: 1; fill-opacity: .14; }
"""


@dataclass(frozen=True)
class _Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def draw(
    channels: Sequence[Channel],
    title: str,
    links: Mapping[str, str],
    *,
    senders: Iterable[str] | None = None,
    receivers: Iterable[str] | None = None,
    apps: Sequence[str],
) -> str:
    """Return an SVG document of some channels; "" when no app has to do with any.

    `links` has the addresses of pages by channel keys and by `app:` with the tag. Only `senders`
    and `receivers` are drawn, if given; `apps` are all there are, so that each has one colour in
    all drawings. The same channels always give the same drawing.
    """
    left = _parties([channel.senders for channel in channels], senders)
    right = _parties([channel.receivers for channel in channels], receivers)
    if not left and not right:
        return ""
    colours = {app: _COLOURS[i % len(_COLOURS)] for i, app in enumerate(apps)}
    return _Drawing(channels, left, right, links, colours).svg(title)


def _parties(found: list[tuple[str, ...]], only: Iterable[str] | None) -> tuple[str, ...]:
    parties = merge(found)
    return parties if only is None else tuple(app for app in parties if app in set(only))


class _Drawing:
    def __init__(
        self,
        channels: Sequence[Channel],
        left: tuple[str, ...],
        right: tuple[str, ...],
        links: Mapping[str, str],
        colours: Mapping[str, str],
    ) -> None:
        self._links = links
        self._colours = colours
        self._groups: dict[str, list[Channel]] = {}
        for channel in channels:
            self._groups.setdefault(next(iter(channel.categories), ""), []).append(channel)
        self._channels = [channel for group in self._groups.values() for channel in group]
        width = max(len(channel.key) for channel in channels) * _LETTER + 24
        widest = max((len(app) for app in (*left, *right)), default=0)
        app_width = max(_APP_WIDTH, widest * _LETTER + 24)
        x = _MARGIN + (app_width + _BETWEEN if left else 0)
        self._headings: list[tuple[float, float, str]] = []
        self._boxes = self._place_channels(x, width)
        bottom = max(box.y + box.height for box in self._boxes.values())
        self._left = self._place_apps(left, _MARGIN, app_width, "senders")
        right_x = x + width + _BETWEEN
        self._right = self._place_apps(right, right_x, app_width, "receivers")
        apps = [*self._left.values(), *self._right.values()]
        self._width = (right_x + app_width if right else x + width) + _MARGIN
        self._height = max([bottom, *(box.y + box.height for box in apps)]) + _MARGIN

    def _place_channels(self, x: float, width: float) -> dict[str, _Box]:
        boxes: dict[str, _Box] = {}
        y = _MARGIN
        for category, channels in self._groups.items():
            if category:
                self._headings.append((x + width / 2, y + _HEADING - 10, category))
                y += _HEADING
            for channel in channels:
                boxes[channel.key] = _Box(x, y, width, _ROW)
                y += _ROW + _GAP
        return boxes

    def _place_apps(
        self, apps: tuple[str, ...], x: float, width: float, side: str
    ) -> dict[str, _Box]:
        """Place apps near the middle of their channels, in an order with few crossings."""
        wanted: dict[str, float] = {}
        for app in apps:
            mine = [
                self._boxes[channel.key].middle
                for channel in self._channels
                if app in (channel.senders if side == "senders" else channel.receivers)
            ]
            wanted[app] = sum(mine) / len(mine)
        boxes: dict[str, _Box] = {}
        top = min(box.y for box in self._boxes.values())
        bottom = max(box.y + box.height for box in self._boxes.values())
        room = (bottom - top - len(apps) * _APP_HEIGHT) / (len(apps) + 1) if apps else 0.0
        y = top + max(room, 0.0)
        for app in sorted(apps, key=lambda app: wanted[app]):
            boxes[app] = _Box(x, y, width, _APP_HEIGHT)
            y += _APP_HEIGHT + max(room, _APP_GAP)
        return boxes

    def svg(self, title: str) -> str:
        lines = [
            MARK,
            f'<svg xmlns="http://www.w3.org/2000/svg" class="tw" '
            f'viewBox="0 0 {_n(self._width)} {_n(self._height)}" width="{_n(self._width)}">',
            f"<title>{escape(title)}</title>",
            f"<style>{_STYLE}</style>",
            *self._edges(),
            *(f'<text class="heading" text-anchor="middle" x="{_n(x)}" y="{_n(y)}">'
              f"{escape(text)}</text>" for x, y, text in self._headings),
            *(self._box("channel", channel.key, channel.key, self._boxes[channel.key],
                        channel.title or channel.key) for channel in self._channels),
            *(self._box("app", app, f"app:{app}", box, f"{app} sends")
              for app, box in self._left.items()),
            *(self._box("app", app, f"app:{app}", box, f"{app} receives")
              for app, box in self._right.items()),
            "</svg>",
        ]  # fmt: skip
        return "\n".join(lines) + "\n"

    def _edges(self) -> Iterator[str]:
        for app, box in self._left.items():
            for channel in self._channels:
                if app in channel.senders:
                    yield self._edge(app, channel.key, box, self._boxes[channel.key])
        for channel in self._channels:
            for app, box in self._right.items():
                if app in channel.receivers:
                    yield self._edge(app, channel.key, self._boxes[channel.key], box)

    def _edge(self, app: str, channel: str, left: _Box, right: _Box) -> str:
        x1, x2 = left.x + left.width, right.x
        middle = _n((x1 + x2) / 2)
        y1, y2 = _n(left.middle), _n(right.middle)
        return (
            f'<path class="edge" data-app="{escape(app)}" data-channel="{escape(channel)}" '
            f'stroke="{self._colours[app]}" '
            f'd="M{_n(x1)} {y1} C{middle} {y1} {middle} {y2} {_n(x2)} {y2}"/>'
        )

    def _box(self, kind: str, text: str, link: str, box: _Box, hint: str) -> str:
        colour = f' stroke="{self._colours[text]}"' if kind == "app" else ""
        inside = (
            f'<g class="{kind}"><title>{escape(hint)}</title>'
            f'<rect x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.width)}" '
            f'height="{_n(box.height)}" rx="6"{colour}/>'
            f'<text x="{_n(box.x + box.width / 2)}" y="{_n(box.middle + 4.5)}">'
            f"{escape(text)}</text></g>"
        )
        address = self._links.get(link)
        return f'<a href="{escape(address)}">{inside}</a>' if address else inside


def _n(value: float) -> str:
    """Return a number as short as it can be written."""
    return f"{value:.1f}".removesuffix(".0")

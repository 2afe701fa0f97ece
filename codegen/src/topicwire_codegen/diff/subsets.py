"""Whether every value that fits one schema fits another, and if not, what is in the way.

The answer "yes" is a proof. "No" is certain where a value was found that shows it; otherwise it
means that nobody could prove the contrary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from topicwire_codegen.diff.arrays import array_obstacles
from topicwire_codegen.diff.choices import choice_obstacles
from topicwire_codegen.diff.conjunctions import Conjunction, part_types
from topicwire_codegen.diff.emptiness import is_impossible
from topicwire_codegen.diff.limits import limit_obstacles
from topicwire_codegen.diff.objects import object_obstacles
from topicwire_codegen.diff.samples import MISSING, Judge, Missing, witness
from topicwire_codegen.document import Json
from topicwire_codegen.fingerprints import Fingerprints, resolve
from topicwire_codegen.references import Node

# Schemas that refer to each other in many ways could be compared for ever.
_MOST_COMPARISONS = 50_000
_MOST_VALUES = 1_000


@dataclass(frozen=True)
class Obstacle:
    """Something that `right` asks for and `left` does not promise.

    `detail` is the property it is about, if it is about one; `example` a value that fits the one
    and not the other, at that place. `unsaid` means that nothing is said of the place on the left,
    and `left` is the schema around it.
    """

    keyword: str
    left: Node
    right: Node
    detail: str = ""
    example: Json | Missing = field(default=MISSING, compare=False)
    unsaid: bool = False

    @property
    def proven(self) -> bool:
        """Whether there is an example, so that it is no mere possibility."""
        return self.example is not MISSING

    @property
    def key(self) -> tuple[object, ...]:
        """What tells obstacles apart."""
        return self.keyword, self.left.identity, self.right.identity, self.detail


@dataclass
class _Attempt:
    """A comparison under way, for those inside it that come back to it."""

    depth: int
    lowest: int


class Subsets:
    """Compares schemas of two documents, remembering what it has found out."""

    def __init__(self, fingerprints: Fingerprints, judge: Judge) -> None:
        self.judge = judge
        self._fingerprints = fingerprints
        self._known: dict[object, tuple[Obstacle, ...]] = {}
        self._open: dict[object, _Attempt] = {}
        self._stack: list[_Attempt] = []
        self._comparisons = 0

    def equal(self, left: Node, right: Node) -> bool:
        """Return whether two schemas say the same."""
        return self._fingerprints.of(left) == self._fingerprints.of(right)

    def obstacles(self, left: Node, right: Node) -> tuple[Obstacle, ...]:
        """Return why not every value that fits `left` fits `right`; nothing when it does."""
        return self.between(Conjunction.of([left], resolve(left)), right)

    def between(self, left: Conjunction, right: Node) -> tuple[Obstacle, ...]:
        """Return why not every value that fits `left` fits `right`."""
        parts = Conjunction.of([right], right).parts
        return _unique(obstacle for part in parts for obstacle in self._against(left, part))

    def holds(self, left: Conjunction, right: Node) -> bool:
        """Return whether every value that fits `left` surely fits `right`."""
        return not self.between(left, right)

    def excludes(self, left: Conjunction, right: Node) -> bool:
        """Return whether surely no value fits both."""
        return is_impossible(left.and_also([right]), self.judge)

    def obstacle(
        self,
        keyword: str,
        left: Conjunction,
        right: Node,
        violates: Callable[[Json], bool],
        detail: str = "",
    ) -> Obstacle:
        """Return an obstacle with an example, if one can be found of what `violates` says."""
        example = witness(self.judge, left, right, violates)
        return Obstacle(keyword, left.place(keyword), right, detail, example, not left.parts)

    def obstacle_of(
        self, keyword: str, left: Conjunction, right: Node, detail: str = ""
    ) -> Obstacle:
        """Return an obstacle of which an example is any value that does not fit `right`."""
        return self.obstacle(
            keyword, left, right, lambda value: self.judge.fits(value, right) is False, detail
        )

    def undecided(self, keyword: str, left: Conjunction, right: Node) -> Obstacle:
        """Return an obstacle that nobody knows to be one."""
        return Obstacle(keyword, left.place(keyword), right, unsaid=not left.parts)

    def _against(self, left: Conjunction, right: Node) -> tuple[Obstacle, ...]:
        """Compare with one part. One that is being compared already is taken to hold.

        That is right as long as all that was found out under this assumption is forgotten when
        it turns out wrong.
        """
        if any(self._fingerprints.of(part) == self._fingerprints.of(right) for part in left.parts):
            return ()
        key = left.key, right.identity
        if key in self._known:
            return self._known[key]
        if key in self._open:
            depth = self._open[key].depth
            for attempt in self._stack[depth + 1 :]:
                attempt.lowest = min(attempt.lowest, depth)
            return ()
        self._comparisons += 1
        if self._comparisons > _MOST_COMPARISONS:
            return (Obstacle("complex", left.home, right),)
        attempt = _Attempt(len(self._stack), len(self._stack))
        self._open[key] = attempt
        self._stack.append(attempt)
        try:
            found = _unique(self._decide(left, right))
        finally:
            del self._open[key]
            self._stack.pop()
        if found or attempt.lowest >= attempt.depth:
            self._known[key] = found
        return found

    def _decide(self, left: Conjunction, right: Node) -> Iterator[Obstacle]:
        if is_impossible(left, self.judge):
            return
        values = left.listed_values
        if values is not None and len(values) <= _MOST_VALUES:
            yield from self._values(left, values, right)
            return
        found = tuple(self._asked(left, right))
        options = left.choice() if found else None
        if options is None:
            yield from found
            return
        for option in options:
            yield from self._against(option, right)

    def _values(self, left: Conjunction, values: list[Json], right: Node) -> Iterator[Obstacle]:
        for value in values:
            if self.judge.fits_all(value, left) is False:
                continue
            if self.judge.fits(value, right) is True:
                continue
            keyword = "const" if "const" in right.mapping() else "enum"
            example = value if self.judge.fits(value, right) is False else MISSING
            yield Obstacle(keyword, left.place("enum"), right, "", example)
            return

    def _asked(self, left: Conjunction, right: Node) -> Iterator[Obstacle]:
        """Yield what stands in the way of each thing that `right` asks for."""
        fields = right.mapping()
        if right.value is False:
            yield self.obstacle("false", left, right, lambda value: True)
            return
        kinds = part_types(right)
        if not left.types <= kinds:
            yield self.obstacle("type", left, right, partial(self._is_refused, right, "type"))
            left = left.narrowed(kinds)
        for keyword in ("enum", "const"):
            if keyword in fields:
                yield self.obstacle(keyword, left, right, partial(self._is_refused, right, keyword))
        if "format" in fields and fields["format"] not in left.values_of("format"):
            yield self.undecided("format", left, right)
        yield from limit_obstacles(self, left, right)
        if "array" in left.types:
            yield from array_obstacles(self, left.narrowed(frozenset({"array"})), right)
        if "object" in left.types:
            yield from object_obstacles(self, left.narrowed(frozenset({"object"})), right)
        yield from choice_obstacles(self, left, right)

    def _is_refused(self, right: Node, keyword: str, value: Json) -> bool:
        return self.judge.refuses(value, {keyword: right.mapping()[keyword]})


def _unique(found: Iterator[Obstacle]) -> tuple[Obstacle, ...]:
    return tuple({obstacle.key: obstacle for obstacle in found}.values())

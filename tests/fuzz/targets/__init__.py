"""All targets by name; `payload-<channel>` is there for every channel of the protocol."""

from __future__ import annotations

from tests.fuzz.target import Target
from tests.fuzz.targets.compression import COMPRESSION
from tests.fuzz.targets.documents import DOCUMENTS
from tests.fuzz.targets.envelope import ENVELOPE
from tests.fuzz.targets.filters import FILTERS
from tests.fuzz.targets.key_rings import KEY_RINGS
from tests.fuzz.targets.memory_broker import MEMORY_BROKER
from tests.fuzz.targets.packets import PACKETS
from tests.fuzz.targets.payloads import PAYLOADS
from tests.fuzz.targets.signatures import SIGNATURES
from tests.fuzz.targets.strict_json import STRICT_JSON
from tests.fuzz.targets.topics import TOPICS

# The slowest first, so that none is left over when the others have ended.
TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        DOCUMENTS, SIGNATURES, COMPRESSION, ENVELOPE, PACKETS, STRICT_JSON, KEY_RINGS, TOPICS,
        FILTERS, MEMORY_BROKER,
        *PAYLOADS,
    )
}  # fmt: skip

"""The runs of each part of the benchmark, by the names that tables and plots show."""

from __future__ import annotations

from dataclasses import replace

from bench.job import Job

# Enough for a second or so each; all are multiples of the messages that are made.
SLOW, MEDIUM, FAST = 10_000, 50_000, 200_000

PER_MESSAGE = {
    "paho": Job(peer="paho", count=SLOW),
    "aiomqtt": Job(peer="aiomqtt", count=SLOW),
    "gmqtt": Job(peer="gmqtt", count=MEDIUM),
    "awscrt": Job(peer="awscrt", count=MEDIUM),
    "FastStream": Job(peer="faststream", count=SLOW),
}
PLAIN = Job(peer="topicwire", count=MEDIUM)
BATCHED = replace(PLAIN, batched=True, count=FAST)
OWN = {
    "topicwire": PLAIN,
    "topicwire signed": replace(PLAIN, signed=True),
    "topicwire pure": replace(PLAIN, pure=True, count=SLOW),
    "batched": BATCHED,
    "batched gzip": replace(BATCHED, codec="gzip"),
    "batched zstd": replace(BATCHED, codec="zstd"),
    "batched signed": replace(BATCHED, signed=True),
    "batched signed zstd": replace(BATCHED, signed=True, codec="zstd"),
    "batched signed gzip": replace(BATCHED, signed=True, codec="gzip"),
    "batched lists": replace(BATCHED, lists=True),
    "batched pure": replace(BATCHED, pure=True, count=MEDIUM),
}
THROUGHPUT = PER_MESSAGE | {"older batching": Job(peer="older", count=MEDIUM)} | OWN

LATENCY = {
    name: replace(job, rate=1000, count=5_000)
    for name, job in {
        "paho raw": Job(peer="paho_raw", count=SLOW),
        "paho": PER_MESSAGE["paho"],
        "awscrt": PER_MESSAGE["awscrt"],
        "topicwire": PLAIN,
        "topicwire pure": OWN["topicwire pure"],
    }.items()
}

_BYTES = 50_000_000  # of payloads in a run
GROWTH = {
    "bytes": {
        name: {
            size: replace(job, size=size, count=max(50, min(MEDIUM, _BYTES // size)))
            for size in (100, 1_000, 10_000, 100_000, 1_048_576)
        }
        for name, job in {"topicwire": PLAIN, "paho": PER_MESSAGE["paho"]}.items()
    },
    "subscribers": {
        "topicwire": {
            number: replace(PLAIN, subscribers=number, count=max(1_000, MEDIUM // number))
            for number in (1, 5, 10, 20, 50)
        }
    },
    "topics": {
        name: {
            number: replace(job, topics=number, exact=exact)
            for number in (1, 10, 100, 1_000, 10_000)
        }
        for name, job, exact in (
            ("one wildcard", PLAIN, False),
            ("a subscription each", PLAIN, True),
            ("batched, one wildcard", replace(BATCHED, count=1_000_000), False),
        )
    },
}

"""The traces of a service, and where they go: to an OpenTelemetry collector, by OTLP over HTTP.

Needs `pip install 'suspension-services[tracing]'`. Where to, how many of them and what else there
is to say is read by the SDK from its own variables OTEL_*:
https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager

from suspension_services.extras import explain_missing

with explain_missing("tracing", "tracing"):
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import (
        SERVICE_NAME,
        SERVICE_NAMESPACE,
        OTELResourceDetector,
        Resource,
    )
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.trace import get_tracer_provider
    from topicwire.tracing import Tracing

_PATIENCE = 2.0  # seconds


@contextmanager
def traced(service: str) -> Generator[Tracing]:
    """Give the tracing of a service's client; what is recorded is sent off at the end.

    A program that has set up an SDK already, as `opentelemetry-instrument` does, keeps it.
    """
    if isinstance(get_tracer_provider(), TracerProvider):
        yield Tracing()
        return
    named = Resource.create({SERVICE_NAMESPACE: "suspension", SERVICE_NAME: service})
    resource = named.merge(OTELResourceDetector().detect())  # what the environment says wins
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    try:
        yield Tracing(provider)
    finally:
        # It tries a collector that is not there again and again; no service waits for that.
        ending = threading.Thread(target=provider.shutdown, name="tracing", daemon=True)
        ending.start()
        ending.join(_PATIENCE)

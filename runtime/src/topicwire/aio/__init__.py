"""The asyncio twins of the runtime's base classes; the client itself is `topicwire.AsyncClient`."""

from topicwire.aio._app import App, Receiver, Sender
from topicwire.aio._client import AsyncClient
from topicwire.aio._dispatch import AsyncBatchHandler, AsyncHandler
from topicwire.aio._request_stubs import AsyncRequestHandler, Requester, Responder
from topicwire.aio._stubs import CategorySubscriber, Publisher, Subscriber

__all__ = [
    "App",
    "AsyncBatchHandler",
    "AsyncClient",
    "AsyncHandler",
    "AsyncRequestHandler",
    "CategorySubscriber",
    "Publisher",
    "Receiver",
    "Requester",
    "Responder",
    "Sender",
    "Subscriber",
]

"""What type checkers have to say of programs with the generated stubs.

Each line that is wrong has an ignore comment; one that is not needed is an error itself.
"""

from document_bytes.publishers import ImagePublisher
from document_bytes.subscribers import ImageSubscriber
from document_choices import models as choices
from document_choices.apps import Cats
from document_headers import models
from document_headers.aio.subscribers import KindsSubscriber as AsyncKindsSubscriber
from document_headers.publishers import EventsPublisher, KindsPublisher, OpenPublisher
from document_headers.subscribers import KindsSubscriber
from document_parameters.models import Reading
from document_parameters.publishers import SharedPublisher
from document_requests import models as requests
from document_requests.aio.requests import PingRequester as AsyncPingRequester
from document_requests.apps import Asker, Calculator
from document_requests.requests import PingRequester, PingResponder, SumRequester, SumResponder
from topicwire import AsyncClient, Client, Context, Delivery, WithHeaders


class Words:
    def encode(self, message: list[str], /) -> bytes:
        return " ".join(message).encode()

    def decode(self, body: bytes, /) -> list[str]:
        return body.decode().split()


def headers(client: Client) -> None:
    thing = models.Thing(name="a")
    given = models.KindsHeaders(text="a", x_number=1)
    delivery: Delivery = KindsPublisher(client).publish(models.KindsPayload(), headers=given)
    delivery.wait(5)
    KindsPublisher(client).publish(models.KindsPayload())  # type: ignore[call-arg]
    created = models.CreatedHeaders(event="created")
    EventsPublisher(client).publish(thing, headers=created)
    EventsPublisher(client).publish(thing)
    EventsPublisher(client).publish(thing, headers=given)  # type: ignore[call-overload]
    OpenPublisher(client).publish(thing)
    models.CreatedHeaders(event="removed")  # type: ignore[arg-type]

    @KindsSubscriber(client)
    def handle(message: models.KindsPayload, context: Context) -> None:
        text: str = context.headers_as(models.KindsHeaders).text
        number: str = context.headers_as(models.KindsHeaders).x_number  # type: ignore[assignment]
        print(text, number)

    print(handle)


def bodies(client: Client) -> None:
    ImagePublisher(client).publish(b"a", camera="a")
    ImagePublisher(client).publish("a", camera="a")  # type: ignore[arg-type]
    words = ImagePublisher(client, codec=Words())
    words.publish(["a"], camera="a")
    words.publish(b"a", camera="a")  # type: ignore[arg-type]
    ImageSubscriber(client, codec=Words(), camera="a").subscribe(lambda message, _: message.sort())
    ImageSubscriber(client).subscribe(lambda message, _: print(message.hex()))


def exchanges(client: Client) -> None:
    add = requests.AddPayload(a=1, b=2)
    answer: requests.Sum | requests.FailurePayload = SumRequester(client).request(add, unit="a")
    SumRequester(client).request(add)  # type: ignore[call-arg]
    SumRequester(client).request(requests.SubtractPayload(less=1), unit="a")  # type: ignore[arg-type]
    print(answer)

    @SumResponder(client)
    def calculate(message: requests.AddPayload, context: Context) -> requests.Sum:
        return requests.Sum(sum=message.a + message.b)

    def wrong(message: requests.AddPayload, context: Context) -> str:
        return ""

    SumResponder(client)(wrong)  # type: ignore[arg-type]

    @PingResponder(client)
    def pong(message: requests.PingPayload, context: Context) -> WithHeaders[requests.PongPayload]:
        given = requests.PongHeaders(correlation_id="")
        return WithHeaders(requests.PongPayload(event="pong"), given)

    ping = requests.PingHeaders(reply_to="", correlation_id="")
    PingRequester(client).request(requests.PingPayload(event="ping"), headers=ping, timeout=1)
    print(calculate, pong)


async def asynchronous(client: AsyncClient) -> None:
    ping = requests.PingHeaders(reply_to="", correlation_id="")
    requester = AsyncPingRequester(client)
    found = await requester.request(requests.PingPayload(event="ping"), headers=ping)
    print(found.event)
    async for message, context in AsyncKindsSubscriber(client):
        print(message.a, context.headers_as(models.KindsHeaders).flag)


def apps(asker: Asker, calculator: Calculator) -> None:
    add = requests.AddPayload(a=1, b=2)
    answer: requests.Sum | requests.FailurePayload = asker.request.sum(add, unit="a", timeout=1)
    asker.request.difference(requests.SubtractPayload(less=1), unit="a")  # type: ignore[attr-defined]
    ping = requests.PingHeaders(reply_to="", correlation_id="")
    asker.request.ping(requests.PingPayload(event="ping"), headers=ping)

    @calculator.respond.sum(unit="a")
    def calculate(message: requests.AddPayload, context: Context) -> requests.Sum:
        return requests.Sum(sum=message.a + message.b)

    @calculator.respond.ping
    def pong(message: requests.PingPayload, context: Context) -> requests.PongPayload:
        return requests.PongPayload(event="pong")

    print(answer, calculate, pong)


def others(client: Client, reading: Reading) -> None:
    SharedPublisher(client).publish(reading, site="north", line="1", unit="a")
    SharedPublisher(client).publish(reading, site="east", line="1", unit="a")  # type: ignore[arg-type]
    Cats(client).send.by_constant(choices.Cat(pet_type="cat"))
    Cats(client).send.by_constant(choices.Dog(pet_type="dog"))  # type: ignore[arg-type]

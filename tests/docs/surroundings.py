"""Programs around fragments of the guides: each gets its fragment where `FRAGMENT` stands.

They are run with the package `fragments`, made of fragments.yaml.
"""

FRAGMENT = "# the fragment\n"

SURROUNDINGS = {
    "a client, for requests": """\
from fragments.models import Add, Sum
from fragments.requests import SumRequester, SumResponder
from topicwire import Client, Context

with Client("mqtt://127.0.0.1:1883", client_id="fragment") as client:
    # the fragment
    assert answer.sum == 3
""",
    "a client, for headers": """\
import queue

from fragments.models import Order, OrderHeaders
from fragments.publishers import OrderPublisher
from fragments.subscribers import OrderSubscriber
from topicwire import Client, Context

printed: queue.Queue[str] = queue.Queue()
print = printed.put
order = Order(article="a screw")
with Client("mqtt://127.0.0.1:1883", client_id="fragment") as client:
    publisher = OrderPublisher(client)
    # the fragment
    publisher.publish(order, headers=OrderHeaders(tenant="acme", attempt=2)).wait(timeout=5)
    assert printed.get(timeout=5) == "acme"
""",
    "a client and a codec": """\
from fragments.publishers import ImagePublisher
from topicwire import Client


class PngCodec:
    def encode(self, message: str, /) -> bytes:
        return message.encode()

    def decode(self, body: bytes, /) -> str:
        return body.decode()


image = "a picture"
with Client("mqtt://127.0.0.1:1883", client_id="fragment") as client:
    # the fragment
""",
}

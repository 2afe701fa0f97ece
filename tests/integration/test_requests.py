"""Requests and their answers."""

import asyncio
import threading
import time

import pytest
from topicwire import (
    AsyncClient,
    Client,
    Context,
    HandlerFailed,
    PayloadInvalid,
    RequestFailed,
    RequestTimeout,
    TopicInvalid,
)
from topicwire._envelope import Headers

from tests.channels import (
    ADD,
    AddRequester,
    AddResponder,
    AsyncAddRequester,
    AsyncAddResponder,
    Other,
    Reading,
)
from tests.inbox import Collection, Errors
from tests.raw import send_raw


def double(message: Reading, context: Context) -> Other:
    return Other(other={"sum": message.number * 2})


def test_an_answer_comes_back_to_who_asked(connect, rig):
    AddResponder(connect(), rig=rig)(double)
    first, second = AddRequester(connect()), AddRequester(connect())
    for number in range(10):
        assert first.request(Reading(number=number), rig=rig).other == {"sum": number * 2}
        assert second.request(Reading(number=-number), rig=rig).other == {"sum": number * -2}


def test_many_at_a_time(connect, rig):
    AddResponder(connect(), rig=rig)(double)
    client = connect()
    results: Collection[bool] = Collection()

    def ask(number: int) -> None:
        answer = AddRequester(client).request(Reading(number=number), rig=rig)
        results.add(answer.other == {"sum": number * 2})

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert results.items == [True] * 50


def test_a_handler_may_ask_in_its_turn(connect, rig):
    client = connect(workers=1)

    @AddResponder(client, rig=f"{rig}-inner")
    def inner(message: Reading, context: Context) -> Other:
        return Other(other={"inner": message.number})

    other = connect(workers=1)

    @AddResponder(other, rig=rig)
    def outer(message: Reading, context: Context) -> Other:
        return AddRequester(other).request(message, rig=f"{rig}-inner")

    assert AddRequester(client).request(Reading(number=3), rig=rig).other == {"inner": 3}


def test_an_error_of_the_other_side_is_a_typed_error_here(connect, rig):
    errors = Errors()

    @AddResponder(connect(on_error=errors), rig=rig)
    def refuse(message: Reading, context: Context) -> Other:
        if message.number:
            raise RequestFailed("busy", "a test is running: 50 °")
        raise ValueError("a secret of this side")

    requester = AddRequester(connect())
    with pytest.raises(RequestFailed, match=r"^busy: a test is running: 50 °$") as caught:
        requester.request(Reading(number=1), rig=rig)
    assert caught.value.code == "busy"
    assert errors.items == [], "it was meant so"
    with pytest.raises(RequestFailed, match=r"^internal: the handler failed$"):
        requester.request(Reading(number=0), rig=rig)
    [(error, _)] = errors.wait_for(1)
    assert isinstance(error, HandlerFailed)


def test_a_request_that_does_not_fit_is_answered_and_reported(connect, rig):
    errors = Errors()
    AddResponder(connect(on_error=errors), rig=rig)(double)
    client = connect()
    broken = Reading.model_construct(number=1)
    with pytest.raises(PayloadInvalid):
        AddRequester(client).request(Reading.model_construct(number="x"), rig=rig)  # type: ignore[arg-type]
    ADD.codec.encode = lambda message: b'{"number":"x"}'  # type: ignore[method-assign]
    try:
        with pytest.raises(RequestFailed, match="/number: Input should be a valid integer") as got:
            AddRequester(client).request(broken, rig=rig)
    finally:
        del ADD.codec.encode
    assert got.value.code == "invalid_request"
    assert isinstance(errors.wait_for(1)[0][0], PayloadInvalid)


def test_no_answer_in_time(connect, rig):
    release = threading.Event()

    @AddResponder(connect(), rig=rig)
    def late(message: Reading, context: Context) -> Other:
        release.wait(10)
        return Other(other={})

    client = connect()
    started = time.monotonic()
    with pytest.raises(RequestTimeout, match=r"no answer on 'add' within 0.3 s"):
        AddRequester(client).request(Reading(number=1), rig=rig, timeout=0.3)
    assert time.monotonic() - started < 5
    release.set()
    # The late answer is nobody's; the next request gets its own.
    assert AddRequester(client).request(Reading(number=1), rig=rig).other == {}


def test_a_repeated_request_is_carried_out_and_answered_once(connect, rig):
    seen: Collection[int] = Collection()

    @AddResponder(connect(), rig=rig)
    def count(message: Reading, context: Context) -> Other:
        seen.add(message.number)
        return Other(other={})

    client = connect()
    assert AddRequester(client).request(Reading(number=0), rig=rig).other == {}
    headers = Headers(response_topic=f"sum/{rig}/{client.client_id}", correlation=b"same")
    for _ in range(3):
        send_raw(client, ADD, f"add/{rig}", b'{"number":1}', headers).wait(10)
    assert AddRequester(client).request(Reading(number=2), rig=rig).other == {}
    assert seen.items == [0, 1, 2]


def test_an_answer_goes_only_to_topics_of_its_channel(connect, rig):
    errors = Errors()
    AddResponder(connect(on_error=errors), rig=rig)(double)
    headers = Headers(response_topic="suspension/test/start", correlation=b"x")
    send_raw(connect(), ADD, f"add/{rig}", b'{"number":1}', headers)
    [(error, _)] = errors.wait_for(1)
    assert isinstance(error.__cause__, TopicInvalid)
    assert "wants its answer on 'suspension/test/start'" in str(error.__cause__)


def test_a_request_without_a_connection_fails_when_the_client_closes(rig):
    client = Client("mqtt://127.0.0.1:1")
    client.start()
    with pytest.raises(RequestTimeout):
        AddRequester(client).request(Reading(number=1), rig=rig, timeout=0.2)
    client.close(drain=0)


def test_asyncio(broker, rig, version):
    async def run() -> None:
        async with (
            AsyncClient(broker.url, mqtt_version=version) as one,
            AsyncClient(broker.url, mqtt_version=version) as two,
        ):

            async def answer(message: Reading, context: Context) -> Other:
                if message.number < 0:
                    raise RequestFailed("negative", str(message.number))
                await asyncio.sleep(0)
                return Other(other={"sum": message.number * 2})

            await AsyncAddResponder(one, {"rig": rig}).respond(answer)
            requester = AsyncAddRequester(two)
            answers = await asyncio.gather(
                *(requester.request(Reading(number=i), rig=rig) for i in range(20))
            )
            assert [found.other["sum"] for found in answers] == [i * 2 for i in range(20)]
            with pytest.raises(RequestFailed, match="negative: -1"):
                await requester.request(Reading(number=-1), rig=rig)
            with pytest.raises(RequestTimeout):
                await requester.request(Reading(number=1), rig=f"{rig}-none", timeout=0.1)

    asyncio.run(run())

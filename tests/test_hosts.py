import asyncio

import pytest

from flows.addresses import Origin
from flows.hosts import Host, Hosts
from flows.web import NotFetched
from tests.web_site import Clock


def origin(number: int) -> Origin:
    return Origin("http", f"{number}.example.org", 80)


def remembered(hosts: Hosts, host: Host) -> bool:
    with hosts.use(host.origin) as found:
        return found is host


def test_the_longest_unused_are_forgotten() -> None:
    clock = Clock()
    hosts = Hosts(clock.timer, clock.sleep, patience_s=60, limit=3)
    used = []
    for number in range(4):
        with hosts.use(origin(number)) as host:
            used.append(host)
    assert [remembered(hosts, host) for host in reversed(used)] == [True, True, True, False]


def test_one_in_use_or_at_rest_is_not_forgotten() -> None:
    clock = Clock()
    hosts = Hosts(clock.timer, clock.sleep, patience_s=60, limit=1)
    with hosts.use(origin(0)) as busy, hosts.use(origin(1)) as paused:
        paused.pause(30, "http_503")
        assert remembered(hosts, busy)
    assert remembered(hosts, paused)
    clock.seconds += 30
    with hosts.use(origin(2)):
        assert not remembered(hosts, paused)


def test_turns_keep_their_distance_and_pauses_hold() -> None:
    async def take_turns() -> None:
        clock = Clock()
        host = Host(origin(0), clock.timer, clock.sleep, patience_s=60)
        for delay_s in (5, 1, 0):
            async with host.turn(delay_s):
                pass
        host.pause(50, "http_429")
        async with host.turn(0):
            pass
        assert clock.slept == [5, 1, 50]
        host.pause(61, "http_429")
        with pytest.raises(NotFetched) as caught:
            async with host.turn(0):
                pass
        assert (caught.value.reason, caught.value.retry_after_s) == ("http_429", 61)

    asyncio.run(take_turns())

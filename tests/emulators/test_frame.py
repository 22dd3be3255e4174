"""The frame: faults, notices and their retries, clocks, control, books that survive kill -9."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import requests

from kefen.emulators.frame.books import Books
from kefen.emulators.frame.clock import Clock
from kefen.emulators.frame.faults import Faults
from kefen.emulators.frame.server import running
from kefen.emulators.wechat import build
from tests.emulators.conftest import Shop, good, refused, shop_at
from tests.emulators.hand import Box, Hand


def test_a_fault_before_does_nothing_and_one_after_does_everything(shop: Shop) -> None:
    shop.hand.fault("fail_before", "native", number="ord_before", times=1)
    assert refused(shop.place("ord_before")) == (500, "SYSTEM_ERROR")
    assert refused(shop.client.query(out_trade_no="ord_before"))[0] == 404
    shop.hand.fault("fail_after", "native", times=1)
    assert refused(shop.place("ord_after")) == (500, "SYSTEM_ERROR")
    assert good(shop.client.query(out_trade_no="ord_after"))["trade_state"] == "NOTPAY"
    assert "code_url" in good(shop.place("ord_after"))


def test_a_request_hangs_until_the_client_gives_up(shop: Shop) -> None:
    shop.hand.fault("hang", "native", times=1, seconds=1.5)
    shop.client._core._timeout = 0.3
    with pytest.raises(requests.Timeout):
        shop.place("ord_hang")
    shop.client._core._timeout = 10
    assert good(shop.client.query(out_trade_no="ord_hang"))["trade_state"] == "NOTPAY"


def test_a_wrong_signature_of_an_answer(shop: Shop) -> None:
    shop.hand.fault("bad_signature", "native", times=1)
    with pytest.raises(Exception, match="failed to verify the signature"):
        shop.place("ord_forged")


def test_unknown_faults_are_refused_and_all_are_cleared(hand: Hand) -> None:
    faults = f"{hand.address}/emulator/faults"
    wanted = [{"fault": "lose"}, {"fault": "nonsense"}]
    assert hand.client.post(faults, json=wanted).status_code == 400
    wanted = [{"fault": "lose", "times": "often"}]
    assert hand.client.post(faults, json=wanted).status_code == 400
    assert hand.client.get(faults).json() == []
    hand.fault("lose", "notice")
    assert len(hand.client.get(faults).json()) == 1
    assert hand.client.delete(faults).status_code == 204
    assert hand.client.get(faults).json() == []


def test_the_dice_are_the_same_for_a_seed(tmp_path: Path) -> None:
    def throw(name: str, seed: int) -> list[bool]:
        faults = Faults(Books(tmp_path / name), seed=seed)
        faults.set([{"fault": "lose", "where": "notice", "probability": 0.5}])
        return [faults.take("lose", "notice") is not None for _ in range(40)]

    first = throw("a", 7)
    assert throw("b", 7) == first
    assert throw("c", 8) != first
    assert 5 < sum(first) < 35


def test_a_notice_is_sent_again_by_the_table(shop: Shop) -> None:
    shop.box.status = 500
    shop.sell("ord_again")
    assert shop.hand.deliver() == 0
    assert shop.hand.deliver() == 0
    assert len(shop.box.came) == 1
    shop.hand.ahead(15.1)
    shop.box.status = 200
    assert shop.hand.deliver() == 1
    assert len(shop.box.came) == 2
    # The same notice, sealed and signed afresh.
    assert shop.box.bodies()[0]["id"] == shop.box.bodies()[1]["id"]
    assert shop.box.came[0][0]["wechatpay-nonce"] != shop.box.came[1][0]["wechatpay-nonce"]
    assert shop.hand.deliver(early=True) == 0


def test_a_notice_is_given_up_after_fifteen_more(shop: Shop) -> None:
    shop.box.status = 500
    shop.sell("ord_dead")
    for _ in range(20):
        shop.hand.deliver(early=True)
    assert len(shop.box.came) == 16
    assert shop.hand.state()["notice"][0]["state"] == "given up"


def test_lost_doubled_and_reordered_notices(shop: Shop) -> None:
    shop.hand.fault("lose", "TRANSACTION.SUCCESS", number="ord_lost")
    shop.hand.fault("duplicate", "notice", number="ord_twice")
    shop.hand.fault("reorder", "notice", number="ord_last")
    for number in ("ord_last", "ord_lost", "ord_twice"):
        shop.sell(number)
    assert shop.hand.deliver(early=True) == 3
    came = [shop.client.callback(*one)["resource"]["out_trade_no"] for one in shop.box.came]
    assert came == ["ord_twice", "ord_twice", "ord_last"]


def test_a_probe_has_a_wrong_signature(shop: Shop) -> None:
    shop.hand.fault("sign_test", "TRANSACTION.SUCCESS", times=1)
    shop.sell("ord_probe")
    shop.hand.deliver()
    probe, real = shop.box.came
    assert probe[0]["wechatpay-signature"].startswith("WECHATPAY/SIGNTEST/")
    assert shop.client.callback(*probe) is None
    assert shop.client.callback(*real)["resource"]["out_trade_no"] == "ord_probe"


def test_the_post_room_sends_by_itself(tmp_path: Path, box: Box) -> None:
    with running(build(tmp_path, notice_scale=0.001)) as address:
        shop = shop_at(Hand(address), box)
        box.status = 500
        shop.sell("ord_alone")
        _wait(lambda: len(box.came) > 3)
        box.status = 204
        _wait(lambda: shop.hand.state()["notice"][0]["state"] == "delivered")


def test_state_keeps_keys_to_itself(shop: Shop) -> None:
    text = shop.hand.client.get(f"{shop.hand.address}/emulator/state").text
    assert shop.values["api_v3_key"] not in text
    assert "PRIVATE KEY" not in text
    assert shop.hand.client.get(f"{shop.hand.address}/emulator/").status_code == 200
    assert shop.hand.page("").status_code == 200


def test_control_is_for_this_machine_alone(tmp_path: Path) -> None:
    emulator = build(tmp_path)
    with running(emulator, delivering=False):
        from werkzeug.test import Client

        client = Client(emulator)
        local, other = {"REMOTE_ADDR": "127.0.0.1"}, {"REMOTE_ADDR": "192.0.2.1"}
        assert client.get("/emulator/state", environ_overrides=local).status_code == 200
        assert client.get("/emulator/state", environ_overrides=other).status_code == 404


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    books = Books(tmp_path / "books")

    def fail() -> None:
        with books.transaction():
            books.put("x", "1", {"a": 1})
            with books.transaction():
                books.put("x", "2", {"a": 2})
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert books.find("x") == []
    Clock(books).set_ahead(60)
    assert Clock(books).ahead() == 60


# kill -9


BARE = """
import sys
from pathlib import Path
from kefen.emulators.frame.server import serve
from kefen.emulators.wechat import build
serve(build(Path(sys.argv[1])), host="127.0.0.1", port=0, ready=lambda at: print(at, flush=True))
"""
COMMAND = ["-m", "kefen.config.cli", "emulate", "wechat", "--home"]


@contextmanager
def emulated(
    home: Path, start: Sequence[str] = ("-c", BARE)
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The emulator in a process of its own."""
    command = [sys.executable, *start, str(home)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ.copy())
    try:
        assert process.stdout is not None
        found = re.match(r"http://\S+", process.stdout.readline())
        assert found is not None
        yield process, found.group()
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def test_killed_while_a_request_is_answered(tmp_path: Path, box: Box) -> None:
    with emulated(tmp_path) as (process, address):
        shop = shop_at(Hand(address), box)
        shop.hand.ahead(5)
        shop.hand.fault("hang", "native", times=1, seconds=60)
        heard: list[object] = []

        def ask() -> None:
            try:
                heard.append(shop.place("ord_killed"))
            except requests.RequestException as gone:
                heard.append(gone)

        asking = threading.Thread(target=ask)
        asking.start()
        _wait(lambda: "order" in shop.hand.state())
        before = shop.hand.state()
        process.send_signal(signal.SIGKILL)
        asking.join(10)
    assert len(heard) == 1
    assert isinstance(heard[0], requests.RequestException)
    with emulated(tmp_path, COMMAND) as (_, address):
        shop.hand.address = shop.client._core._gate_way = address
        assert shop.hand.state()["order"] == before["order"]
        first = good(shop.place("ord_killed"))
        assert first["code_url"].endswith(before["order"][0]["code"])
        assert good(shop.place("ord_killed")) == first
        assert len(shop.hand.state()["order"]) == 1
        told = shop.hand.client.get(f"{address}/emulator/clock").json()
        assert told["ahead_seconds"] == 5


def test_killed_in_the_thick_of_it(tmp_path: Path, box: Box) -> None:
    answered: list[str] = []
    with emulated(tmp_path) as (process, address):
        shop = shop_at(Hand(address), box)

        def sell(worker: int) -> None:
            own = Hand(address)
            for count in range(200):
                number = f"ord_{worker}_{count:03d}"
                try:
                    code = good(shop.place(number, split=False))["code_url"]
                    own.form("pay", code=code, do="pay")
                except (requests.RequestException, httpx.HTTPError):
                    return
                answered.append(number)

        workers = [threading.Thread(target=sell, args=(worker,)) for worker in range(3)]
        for worker in workers:
            worker.start()
        _wait(lambda: len(answered) >= 12)
        process.send_signal(signal.SIGKILL)
        for worker in workers:
            worker.join(20)
    file = sqlite3.connect(tmp_path / "books.sqlite3")
    assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    file.close()
    with emulated(tmp_path) as (_, address):
        shop.hand.address = shop.client._core._gate_way = address
        state = shop.hand.state()
        paid = {one["out_trade_no"] for one in state["order"] if one["state"] == "SUCCESS"}
        assert set(answered) <= paid
        # Each paid order has its two movements, its notice, and nothing else has.
        moved = [one["voucher"] for one in state["flow"]]
        assert sorted(moved) == sorted([*paid, *paid])
        assert len(state["notice"]) == len(paid)
        assert state["merchant"][0]["balance"] == sum(one["amount"] for one in state["flow"])


def _wait(true: object, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    assert callable(true)
    while not true():
        assert time.monotonic() < until, "it never happened"
        time.sleep(0.05)

import os
import signal
import threading
import time

import pytest

from engine.runtime import InferenceThread


def test_everything_runs_on_one_other_thread():
    with InferenceThread() as inference:
        threads = {inference.call(threading.get_ident) for _ in range(20)}
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_what_is_submitted_runs_in_order():
    seen = []
    with InferenceThread() as inference:
        futures = [inference.submit(seen.append, number) for number in range(50)]
        for future in futures:
            future.result()
    assert seen == list(range(50))


def test_arguments_and_results_pass_through():
    with InferenceThread() as inference:
        assert inference.submit(divmod, 7, 2).result() == (3, 1)
        assert inference.call(sorted, [1, 3, 2], reverse=True) == [3, 2, 1]


def test_an_exception_reaches_the_caller_and_the_thread_lives_on():
    with InferenceThread() as inference:
        with pytest.raises(ZeroDivisionError):
            inference.call(divmod, 1, 0)
        assert isinstance(inference.submit(divmod, 1, 0).exception(), ZeroDivisionError)
        assert inference.call(divmod, 1, 1) == (1, 0)


def test_a_call_from_the_thread_itself_does_not_wait_for_itself():
    with InferenceThread() as inference:
        nested = inference.submit(lambda: inference.call(inference.call, threading.get_ident))
        assert nested.result(timeout=5) == inference.call(threading.get_ident)


def test_closing_finishes_what_runs_and_cancels_what_waits():
    inference = InferenceThread()
    started, go_on = threading.Event(), threading.Event()

    def work() -> str:
        started.set()
        go_on.wait(5)
        return "finished"

    running = inference.submit(work)
    waiting = inference.submit(work)
    started.wait(5)
    closing = threading.Thread(target=inference.close)
    closing.start()
    while not waiting.cancelled():
        pass
    go_on.set()
    closing.join(5)
    assert running.result(0) == "finished"
    assert not closing.is_alive()


def test_a_closed_thread_takes_nothing_more():
    inference = InferenceThread()
    inference.close()
    inference.close()
    with pytest.raises(RuntimeError):
        inference.submit(print)


def test_it_may_be_closed_from_within():
    inference = InferenceThread()
    inference.submit(inference.close).result(5)
    with pytest.raises(RuntimeError):
        inference.submit(print)


def test_no_thread_is_left_behind():
    before = threading.active_count()
    with InferenceThread() as inference:
        inference.call(int)
    assert threading.active_count() == before


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
@pytest.mark.usefixtures("_ctrl_c_is_heard")
def test_who_closes_it_waits_for_the_running_task_however_often_interrupted():
    ended = []

    def work() -> None:
        started.set()
        for _ in range(3):
            time.sleep(0.3)
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        time.sleep(0.5)
        ended.append(True)

    inference, started = InferenceThread(), threading.Event()
    inference.submit(work)
    started.wait(5)
    with pytest.raises(KeyboardInterrupt):
        inference.close()
    assert ended

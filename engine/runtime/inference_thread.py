"""The one thread that owns every session."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class InferenceThread:
    """One long-lived thread; what is handed to it runs there, one after the other, in the order it came.

    Open sessions through it and run them through it: ONNX Runtime leaks CUDA memory when runs come from
    changing threads (onnxruntime#29351).

    Examples
    --------
    >>> with InferenceThread() as inference:
    ...     inference.call(sum, [1, 2])
    3
    """

    def __init__(self, name: str = "inference") -> None:
        self._ident: int | None = None
        self._pending: set[Future[Any]] = set()
        # An executor of one worker is that thread: it starts with the first task and stays until `close`.
        # Unlike a daemon thread, it is never killed inside native code when the interpreter ends.
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=name, initializer=self._remember)

    def _remember(self) -> None:
        self._ident = threading.get_ident()

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Queue ``function(*args, **kwargs)``.

        Returns
        -------
        concurrent.futures.Future
            Its result or its exception. ``cancel()`` works until it starts.

        Raises
        ------
        RuntimeError
            After `close`.
        """
        future = self._executor.submit(function, *args, **kwargs)
        self._pending.add(future)
        future.add_done_callback(self._pending.discard)
        return future

    def call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``function(*args, **kwargs)`` on the thread and wait for its result or exception.

        Called on the thread itself, it runs at once: waiting for oneself would never end.
        """
        if threading.get_ident() == self._ident:
            return function(*args, **kwargs)
        return self.submit(function, *args, **kwargs).result()

    def close(self) -> None:
        """Let the running task finish, cancel those that wait, and end the thread. May be called again.

        The task is waited for however often Ctrl-C is pressed: a process that ends inside of it crashes.
        """
        self._executor.shutdown(wait=False, cancel_futures=True)
        if threading.get_ident() == self._ident:
            return
        interruption: BaseException | None = None
        while running := tuple(self._pending):
            try:
                wait(running)
            except BaseException as error:
                interruption = interruption or error
        self._executor.shutdown()  # only now: Python 3.11 takes a thread for dead when this is interrupted
        if interruption is not None:
            raise interruption

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

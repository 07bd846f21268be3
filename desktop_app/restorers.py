"""The models in memory: one of each, for the viewer and the album together."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.restore import Restorer


class Restorers:
    """Loads a restorer at its first use, from any thread, and keeps it.

    Viewer and album share it: the model lies in memory once, and all its sessions stay on the one thread that
    opened them, where a turn of the dial waits for one face of the album at most.

    Parameters
    ----------
    device : str
        ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.
    """

    def __init__(self, device: str = "auto") -> None:
        self._device = device
        self._lock = threading.Lock()
        self._loaded: dict[str, Restorer] = {}

    def get(self, model: str | None = None) -> Restorer:
        """Give the restorer of a model, by default the default one.

        Raises
        ------
        HeirloomError
            When the model is missing or damaged, or the device is unknown.
        """
        from engine.restore import Restorer
        from engine.runtime import find_model

        reference = find_model(model).reference  # not its name: a model in a folder may be called as one here
        with self._lock:
            if reference not in self._loaded:
                self._loaded[reference] = Restorer(self._device, reference)
            return self._loaded[reference]

    def close(self) -> None:
        """End the inference threads; nobody may be using them."""
        with self._lock:
            for restorer in self._loaded.values():
                restorer.close()
            self._loaded.clear()

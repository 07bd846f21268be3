"""The same job on a local Ray with two workers, one of which dies in the middle."""

import os
import signal
import threading
import time

import pytest

from engine.album import Album, AlbumSettings, LevelRule
from engine.errors import UsageError

SETTINGS = AlbumSettings(LevelRule(80))


@pytest.mark.slow
def test_a_worker_dies_and_another_does_its_photos(make_album, restorer, tmp_path, checksums):
    ray = pytest.importorskip("ray")
    pytest.importorskip("ray.data")
    from engine.album.ray_runner import run_on_ray

    photos = make_album(12)
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    killed = []

    def kill_one_model() -> None:
        from ray.util.state import list_actors

        while not killed:
            alive = [
                actor for actor in list_actors() if actor.state == "ALIVE" and "MapWorker" in actor.class_name
            ]
            if len(alive) >= 2:
                os.kill(alive[0].pid, signal.SIGKILL)
                killed.append(alive[0].pid)
            time.sleep(0.5)

    try:
        with Album.open([str(photos)], str(tmp_path / "out"), SETTINGS) as album:
            killer = threading.Thread(target=kill_one_model, daemon=True)
            killer.start()
            assert run_on_ray(album, device="cpu", workers=2).done == 12
    finally:
        ray.shutdown()
    assert killed
    with Album.open([str(photos)], str(tmp_path / "here"), SETTINGS) as album:
        album.run(restorer)
    assert checksums(tmp_path / "out") == checksums(tmp_path / "here")


def test_ray_that_is_missing_is_told(make_album, small_model, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    from engine.album.ray_runner import run_on_ray

    with (
        Album.open([str(make_album(1))], str(tmp_path / "out")) as album,
        pytest.raises(UsageError, match="Ray is not installed"),
    ):
        run_on_ray(album)

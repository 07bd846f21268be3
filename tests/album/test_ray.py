"""The same job on a local Ray with two workers, one of which dies in the middle."""

import contextlib
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from engine.album import Album, AlbumSettings, LevelRule
from engine.errors import UsageError

SETTINGS = AlbumSettings(LevelRule(80))


def _our_processes(title: str) -> list[int]:
    """Processes of that title that descend from this one."""
    parents, titled = {}, []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if (folder / "cmdline").read_bytes().decode(errors="replace").startswith(title):
                titled.append(int(folder.name))

    def is_ours(process: int) -> bool:
        while process > 1 and process != os.getpid():
            process = parents.get(process, 0)
        return process == os.getpid()

    return [process for process in titled if is_ours(process)]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_worker_dies_and_another_does_its_photos(make_album, restorer, tmp_path, checksums):
    ray = pytest.importorskip("ray")
    pytest.importorskip("ray.data")
    from engine.album.ray_runner import run_on_ray

    photos = make_album(12)
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    killed = []

    def kill_one_model() -> None:
        while not killed:
            if len(models := _our_processes("ray::MapWorker")) >= 2:
                os.kill(models[0], signal.SIGKILL)
                killed.append(models[0])
            time.sleep(0.1)

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

"""Faces and a model to measure."""

import pytest
from PIL import Image

pytest.importorskip("torch")


@pytest.fixture
def face_file(astronaut):
    """A function ``face_file(path, left=120)``: writes an aligned face of 256 px."""

    def write(path, left=120):
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(astronaut[:200, left : left + 200]).resize((256, 256)).save(path)
        return path

    return write


@pytest.fixture
def model_info(model_folder):
    """The small model, for the row that needs one."""
    from engine.runtime import load_manifest

    return load_manifest(model_folder).models[0]

"""What goes into the bundle, and how large it is said to be."""

import re
from pathlib import Path, PurePosixPath

import pytest
from packaging.requirements import Requirement

from resources.installer import contents, sizes
from resources.installer.windows_version import numbers, strings

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "resources" / "installer" / "locks"


@pytest.mark.parametrize(
    "path",
    [
        "cv2/opencv_videoio_ffmpeg500_64.dll",
        "PySide6/Qt/lib/libQt6Qml.so.6",
        "PySide6\\plugins\\platforms\\qminimal.dll",
        "PySide6/Qt/plugins/platforms/libqvnc.so",
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "PySide6/Qt/translations/qtbase_fr.qm",
        "PySide6/translations/qtbase_fr.qm",
        "numpy/tests/data.npy",
        "numpy-2.4.6.dist-info/RECORD",
    ],
)
def test_stays_out_of_the_bundle(path):
    assert contents.reason_to_drop(path)


@pytest.mark.parametrize(
    "path",
    [
        "cv2/cv2.abi3.so",
        "PySide6/Qt/lib/libQt6Widgets.so.6",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6\\plugins\\platforms\\qwindows.dll",
        "PySide6/Qt/plugins/iconengines/libqsvgicon.so",
        "PySide6/Qt/translations/qtbase_de.qm",
        "PySide6/translations/qtbase_zh_CN.qm",
        "resources/translations/heirloom_de.qm",
        "resources/models/heirloom-256-decode.onnx",
        "resources/models/heirloom-256-finer.onnx",
        "resources/models/heirloom-256-deblock.onnx",
    ],
)
def test_is_carried(path):
    assert contents.reason_to_drop(path) is None


def test_every_exclusion_says_why():
    assert all(reason.strip() for reason in contents.NOT_CARRIED.values())


def test_training_is_not_carried():
    assert "torch" in contents.NOT_CARRIED


@pytest.mark.parametrize(("folder", "patterns"), contents.RESOURCES.items())
def test_each_pattern_of_resources_finds_files(folder, patterns):
    for pattern in patterns:
        assert list((ROOT / "resources" / folder).glob(pattern)), pattern


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("heirloom", "the two programs"),
        ("_internal/cv2/cv2.abi3.so", "OpenCV"),
        ("_internal/opencv_python_headless.libs/libaom.so", "OpenCV"),
        ("_internal/nvidia/cudnn/lib/libcudnn.so.9", "CUDA and cuDNN"),
        ("_internal/libpython3.11.so.1.0", "Python"),
        ("_internal/libstdc++.so.6", "libraries of the build machine"),
    ],
)
def test_component_of(path, name):
    assert sizes.component(PurePosixPath(path)) == name


def test_links_weigh_nothing(tmp_path):
    (tmp_path / "_internal" / "cv2").mkdir(parents=True)
    (tmp_path / "_internal" / "cv2" / "big.so").write_bytes(bytes(1000))
    (tmp_path / "_internal" / "big.so").symlink_to("cv2/big.so")
    assert sizes.by_component(tmp_path) == {"OpenCV": 1000}


def test_windows_versions_have_four_numbers():
    assert numbers("0.1.0") == (0, 1, 0, 0)
    with pytest.raises(ValueError, match="no version"):
        numbers("1.2.3.4.5")


def test_windows_shows_the_version_of_the_program():
    assert strings("heirloom-desktop", "1.2.3")["ProductVersion"] == "1.2.3"


# Locks


def pins(variant: str) -> dict[str, list[Requirement]]:
    """The requirements of a lock file, by name."""
    text = (LOCKS / f"{variant}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    found: dict[str, list[Requirement]] = {}
    for line in text.splitlines():
        if line and not line.startswith(("#", " ")):
            requirement = Requirement(line.partition("--hash")[0])
            found.setdefault(requirement.name, []).append(requirement)
    return found


@pytest.mark.parametrize("variant", contents.VARIANTS)
def test_the_lock_pins_everything_by_hash(variant):
    text = (LOCKS / f"{variant}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
    assert entries
    assert all(re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)


@pytest.mark.parametrize("variant", contents.VARIANTS)
def test_the_lock_has_what_the_project_needs(variant):
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["desktop"]]
    replaced = {"opencv-python": "opencv-python-headless", "onnxruntime-gpu": contents.VARIANTS[variant]}
    locked = pins(variant)
    for requirement in map(Requirement, wanted):
        name = replaced.get(requirement.name, requirement.name).lower()
        name = contents.VARIANTS[variant] if name == "onnxruntime" else name
        versions = [pin.specifier for pin in locked[name]]
        assert any(requirement.specifier.contains(str(v).removeprefix("==")) for v in versions), requirement


@pytest.mark.parametrize(("variant", "runtime"), contents.VARIANTS.items())
def test_the_lock_has_one_runtime_one_opencv_and_no_torch(variant, runtime):
    names = set(pins(variant))
    assert {name for name in names if name.startswith("onnxruntime")} == {runtime}
    assert {name for name in names if name.startswith("opencv")} == {"opencv-python-headless"}
    assert not {"torch", "scipy", "imageio-ffmpeg"} & names

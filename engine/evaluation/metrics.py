"""What is measured: SSIM, LPIPS, the perceptual distance PD, the identity IP, and how sure a mean is."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from skimage.metrics import structural_similarity

from engine.errors import ModelError
from engine.evaluation.lpips import Lpips
from engine.faces import TEMPLATE
from engine.faces.geometry import similarity
from engine.faces.resample import resample
from engine.folders import package_folders
from engine.lcqs.identity import ARCFACE
from engine.lcqs.perceptual import PerceptualFeatures, feature_distance
from engine.runtime import open_session

Rgb8 = NDArray[np.uint8]

# dlib's 150-px crop of a face that is aligned to the FFHQ template: the median of those that its landmarks
# gave for twelve faces, (39.5, 63.3) to (217.8, 243.2).
_CHIP = 150 / 179 * np.array(((1.0, 0.0, -39.1), (0.0, 1.0, -63.7)))
_DLIB = "dlib_face_recognition_resnet_model_v1.dat"


def ssim(a: Rgb8, b: Rgb8) -> float:
    """SSIM of two (S, S, 3) uint8 RGB images with Gaussian weights (Wang et al. 2004): 1 is equal."""
    return float(
        structural_similarity(
            a,
            b,
            channel_axis=2,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            data_range=255,
        )
    )


class PerceptualDistance:
    """PD: squared distance of unit-length EfficientNet-Lite0 features.

    The mean over space is taken, and the sum over five strides.

    The form is that of LPIPS without learned weights (Zhang et al., CVPR 2018, eq. 1); the network is another
    one, hence the name.

    Raises
    ------
    ModelError
        When the network's weights are not installed.
    """

    def __init__(self) -> None:
        self._features = PerceptualFeatures()
        self._last: tuple[Rgb8, list[torch.Tensor]] | None = None

    @torch.inference_mode()
    def __call__(self, truth: Rgb8, faces: list[Rgb8]) -> list[float]:
        """Measure each of `faces`, (S, S, 3) uint8 RGB, against `truth`: 0 is equal, 10 the most."""
        if self._last is None or self._last[0] is not truth:
            # One sharp face is measured against many in a row.
            self._last = (truth, self._see([truth]))
        distances = feature_distance(self._last[1], self._see(faces))
        return [float(d) for d in distances.square().sum(1)]

    def _see(self, faces: list[Rgb8]) -> list[torch.Tensor]:
        stack = np.ascontiguousarray(np.stack(faces).transpose(0, 3, 1, 2))
        return self._features(torch.from_numpy(stack).float() / 255)


class IdentityMetric(ABC):
    """IP: cosine similarity of face embeddings.

    Attributes
    ----------
    name : str
        What the page calls the network.
    version : str
        Of its weights.
    """

    name: str
    version: str
    _last: tuple[Rgb8, NDArray[np.float32]] | None = None

    @abstractmethod
    def embed(self, faces: list[Rgb8]) -> NDArray[np.float32]:
        """Give unit embeddings (n, D) of FFHQ-aligned faces, (256, 256, 3) uint8 RGB."""

    def __call__(self, truth: Rgb8, faces: list[Rgb8]) -> list[float]:
        """Compare each of `faces` with `truth`: 1 is the same person."""
        if self._last is None or self._last[0] is not truth:
            # One sharp face is compared with many in a row.
            self._last = (truth, self.embed([truth])[0])
        return [float(v) for v in self.embed(faces) @ self._last[1]]


class OnnxIdentity(IdentityMetric):
    """An ONNX embedding; another person gets about 0.

    Parameters
    ----------
    path : Path
        Takes (n, 3, 112, 112) RGB faces in [−1, 1], aligned to ArcFace's template; EdgeFace for one.

    Raises
    ------
    ModelError
        When the file is missing or no ONNX model.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise ModelError(
                f"The identity network '{path}' does not exist: give the path of an ONNX face embedding."
            )
        self._session = open_session(path, "cpu")
        self.name, self.version = path.name, _digest(path)
        self._matrix = similarity(TEMPLATE * 256, ARCFACE)

    def embed(self, faces: list[Rgb8]) -> NDArray[np.float32]:
        """See `IdentityMetric`."""
        crops = np.stack([resample(face, self._matrix, (112, 112)) for face in faces]).transpose(0, 3, 1, 2)
        name = self._session.input_name
        vectors = next(iter(self._session({name: (crops.astype(np.float32) / 255 - 0.5) / 0.5}).values()))
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class DlibIdentity(IdentityMetric):
    """dlib's embedding (King, "High quality face recognition with deep metric learning", 2017).

    It learned distances, not angles: all faces lie about one direction, and the cosine with another person is
    .83 on average. No training here sees it.

    Raises
    ------
    ModelError
        When its packages are not installed.
    """

    name = "dlib"

    def __init__(self) -> None:
        folders = package_folders("face_recognition_models")
        try:
            import dlib
        except ImportError:
            folders = ()
        if not folders:
            raise ModelError(
                "dlib's identity network is missing: install it with  pip install 'heirloom[identity]'."
            )
        # The package itself can't be imported any more: it asks for what setuptools has removed.
        path = folders[0] / "models" / _DLIB
        self._network, self.version = dlib.face_recognition_model_v1(str(path)), _digest(path)

    def embed(self, faces: list[Rgb8]) -> NDArray[np.float32]:
        """See `IdentityMetric`."""
        crops = [resample(face, _CHIP, (150, 150)) for face in faces]
        vectors = np.array(self._network.compute_face_descriptor(crops), np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def open_identity(wish: str | None) -> IdentityMetric | None:
    """Open what measures identity.

    Parameters
    ----------
    wish : str or None
        ``dlib``, or the path of an ONNX embedding; None: dlib where it is installed, else nothing.

    Raises
    ------
    ModelError
        When it is not there.
    """
    if wish not in (None, DlibIdentity.name):
        return OnnxIdentity(Path(wish))
    try:
        return DlibIdentity()
    except ModelError:
        if wish:
            raise
        return None


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


@dataclass(frozen=True)
class Score:
    """A face against its sharp self; None for what is not measured here."""

    ssim: float
    pd: float
    ip: float | None
    lpips: float | None


class Metrics:
    """All metrics that can be computed here.

    Parameters
    ----------
    identity : IdentityMetric or None
    lpips : Lpips or None

    Attributes
    ----------
    version : str
        Of the networks: results that others gave do not mix with theirs.
    """

    def __init__(self, identity: IdentityMetric | None, lpips: Lpips | None):
        self._identity, self._lpips, self._distance = identity, lpips, PerceptualDistance()
        self.version = f"{identity.version if identity else 'no-ip'}{'-lpips' if lpips else ''}"

    def __call__(self, truth: Rgb8, faces: list[Rgb8]) -> list[Score]:
        """Score `faces` against `truth`, all (256, 256, 3) uint8 RGB."""
        nothing = [None] * len(faces)
        distances = self._distance(truth, faces)
        identities = self._identity(truth, faces) if self._identity else nothing
        lpips = self._lpips(truth, faces) if self._lpips else nothing
        columns = zip(faces, distances, identities, lpips, strict=True)
        return [Score(ssim(truth, face), pd, ip, lp) for face, pd, ip, lp in columns]


def bootstrap_interval(values: NDArray[np.float64], rounds: int = 2000) -> tuple[float, float, float]:
    """Mean of `values` and its seeded 95 % percentile-bootstrap interval (Efron 1979): (mean, low, high)."""
    values = np.asarray(values, np.float64)
    rng = np.random.default_rng(20)
    means = values[rng.integers(0, len(values), (rounds, len(values)))].mean(1)
    low, high = np.percentile(means, (2.5, 97.5))
    return float(values.mean()), float(low), float(high)

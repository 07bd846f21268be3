"""Running the models: ONNX Runtime sessions, the device they run on, and the store they come from."""

from engine.runtime.device import Device, DeviceReport, parse_device
from engine.runtime.inference_thread import InferenceThread
from engine.runtime.models import (
    Manifest,
    ModelFile,
    ModelInfo,
    available_models,
    check_labels,
    find_model,
    load_manifest,
    register_model,
    user_models_folder,
)
from engine.runtime.precision import open_checked_session, output_is_sound
from engine.runtime.session import Session, open_session

__all__ = [
    "Device",
    "DeviceReport",
    "InferenceThread",
    "Manifest",
    "ModelFile",
    "ModelInfo",
    "Session",
    "available_models",
    "check_labels",
    "find_model",
    "load_manifest",
    "open_checked_session",
    "open_session",
    "output_is_sound",
    "parse_device",
    "register_model",
    "user_models_folder",
]

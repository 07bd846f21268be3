"""Heirloom's engine: what a photo goes through, from file to restored file. No Qt in here."""

import os

__version__ = "0.1.0"

# ONNX Runtime (1.31 and later, on every system) reports what it runs to its makers, and keeps a number of the
# computer on the disk for that. Nothing leaves the machine: this is read when ONNX Runtime is loaded, and its
# own switch in the API comes too late.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

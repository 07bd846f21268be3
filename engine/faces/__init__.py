"""Faces in a photo: find them, bring them upright, put them back."""

from engine.faces.alignment import TEMPLATE, AlignedFace, align, invert, similarity, transform
from engine.faces.detector import FaceDetector
from engine.faces.face import Box, Face, Refusal

__all__ = [
    "TEMPLATE",
    "AlignedFace",
    "Box",
    "Face",
    "FaceDetector",
    "Refusal",
    "align",
    "invert",
    "similarity",
    "transform",
]

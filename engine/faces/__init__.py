"""Faces in a photo: find them, bring them upright, put them back."""

from engine.faces.alignment import TEMPLATE, AlignedFace, align, align_to_fit
from engine.faces.detector import FaceDetector
from engine.faces.face import Box, Face, Refusal
from engine.faces.paste import Change, PastePlan, Region, apply_changes, paste, plan_paste

__all__ = [
    "TEMPLATE",
    "AlignedFace",
    "Box",
    "Change",
    "Face",
    "FaceDetector",
    "PastePlan",
    "Refusal",
    "Region",
    "align",
    "align_to_fit",
    "apply_changes",
    "paste",
    "plan_paste",
]

"""Faces in a photo: find them, bring them upright, put them back."""

from engine.faces.alignment import TEMPLATE, AlignedFace, align, align_to_fit
from engine.faces.detector import FaceDetector, quarters_to_stand
from engine.faces.face import Face, Refusal
from engine.faces.geometry import Box, invert, length, mapped_box, quarter_turn
from engine.faces.paste import (
    Change,
    PastePlan,
    apply_changes,
    paste,
    pasted_region,
    plan_paste,
    share_weight,
)
from engine.faces.regions import Region, on_strips, overlap, whole

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
    "invert",
    "length",
    "mapped_box",
    "on_strips",
    "overlap",
    "paste",
    "pasted_region",
    "plan_paste",
    "quarter_turn",
    "quarters_to_stand",
    "share_weight",
    "whole",
]

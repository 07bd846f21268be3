"""Restoration: analyse a photo once, render it at any level of the dial."""

from engine.restore.analysis import AnalysedFace, Analysis
from engine.restore.arrangement import Arrangement
from engine.restore.model import Drawing, EncodedFace, LcqsModel
from engine.restore.rendering import LEVEL_MAX, LEVEL_MIN, MOST_STEPS, Part, Rendering, never
from engine.restore.restorer import DrawnFace, Restorer

__all__ = [
    "LEVEL_MAX",
    "LEVEL_MIN",
    "MOST_STEPS",
    "AnalysedFace",
    "Analysis",
    "Arrangement",
    "Drawing",
    "DrawnFace",
    "EncodedFace",
    "LcqsModel",
    "Part",
    "Rendering",
    "Restorer",
    "never",
]

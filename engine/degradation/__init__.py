"""How faces are spoilt: the protocol's three families for evaluation, random damage for training."""

from engine.degradation.compression import (
    Compression,
    draw_compression,
    draw_turned,
    draw_whole,
    draw_window,
)
from engine.degradation.damage import (
    Damage,
    draw_damage,
    draw_flawed,
    draw_mixed,
    draw_processed,
    draw_ruined,
    draw_screened,
    draw_tone,
)
from engine.degradation.protocol import FAMILIES, degrade

__all__ = [
    "FAMILIES",
    "Compression",
    "Damage",
    "degrade",
    "draw_compression",
    "draw_damage",
    "draw_flawed",
    "draw_mixed",
    "draw_processed",
    "draw_ruined",
    "draw_screened",
    "draw_tone",
    "draw_turned",
    "draw_whole",
    "draw_window",
]

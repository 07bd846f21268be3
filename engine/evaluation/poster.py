"""The poster's own figures, as printed: measured on other faces, at other sizes, with the originals.

Source: Dong, Zhang, Wang, Zhang, Chen & Wang, "Unpaired face restoration via learnable cross-quality shift",
tables of the comparison and of the ablation study.
"""

from __future__ import annotations

POSTER: dict[str, tuple[float, ...]] = {
    "psfrgan": (0.680, 0.127, 0.703, 0.598, 0.153, 0.655, 0.581, 0.152, 0.646),
    "gfpgan": (0.671, 0.137, 0.712, 0.474, 0.251, 0.616, 0.523, 0.184, 0.644),
    "zssr": (0.679, 0.505, 0.573, 0.533, 0.611, 0.511, 0.564, 0.623, 0.484),
    "pulse": (0.625, 0.166, 0.660, 0.618, 0.166, 0.658, 0.598, 0.180, 0.635),
    "bulat": (0.583, 0.363, 0.549, 0.481, 0.342, 0.504, 0.563, 0.372, 0.492),
    "lu": (0.623, 0.181, 0.616, 0.676, 0.228, 0.558, 0.531, 0.251, 0.541),
    "unpaired": (0.684, 0.139, 0.711, 0.643, 0.150, 0.668, 0.614, 0.147, 0.679),
}
"""SSIM, LPIPS and IP in the families mild, moderate and severe, by system."""

POSTER_ABLATION: dict[str, tuple[float, float, float]] = {
    "baseline": (0.633, 0.181, 0.626),
    "upper": (0.623, 0.177, 0.641),
    "upper-layers": (0.614, 0.163, 0.660),
    "unpaired": (0.643, 0.150, 0.668),
}
"""SSIM, LPIPS and IP by step; its last row is that of ``moderate``."""

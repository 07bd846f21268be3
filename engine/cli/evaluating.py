"""``heirloom evaluate``: the protocol's table for a model."""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from engine.degradation import FAMILIES, degrade
from engine.errors import UsageError, named
from engine.restore import LcqsModel
from engine.runtime import find_model


def run(args: argparse.Namespace) -> int:
    """Measure a model, resuming an interrupted evaluation of the same model."""
    if find_spec("torch") is None:
        raise UsageError("Evaluation needs PyTorch: install it with  pip install 'heirloom[train]'.")
    from engine.evaluation.metrics import IdentityMetric
    from engine.evaluation.protocol import Protocol, append_records, find_faces, load_records
    from engine.evaluation.report import report

    model = LcqsModel(find_model(args.model), args.device)
    identity = IdentityMetric(Path(args.identity)) if args.identity else None
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    # Records belong to weights, not to a name: another model of the same name starts anew.
    journal = out / f"records-{model.info.files['decode'].sha256[:12]}{'' if identity else '-no-ip'}.jsonl"
    records = load_records(journal)
    done = {record.name for record in records}
    protocol = Protocol(model, identity)

    def notice(line: str) -> None:
        print(f"heirloom: {line}", file=sys.stderr)

    faces = list(find_faces(Path(args.data), model.info.size, args.limit, notice))
    if not faces:
        raise UsageError(f"No face in {named(args.data)} can be read.")
    for name, face in tqdm(faces, unit="face", disable=not sys.stderr.isatty()):
        if name not in done:
            fresh = protocol.measure(name, face)
            append_records(journal, fresh)
            records += fresh
    names = {name for name, _ in faces}
    text = report([record for record in records if record.name in names])
    (out / "table.md").write_text(text, encoding="utf-8")
    _sheet(model, faces[:: max(1, len(faces) // 12)][:12], out)
    print(text)
    print(f"Table and sheets are in {out}.")
    return 0


def _sheet(model: LcqsModel, faces: list[tuple[str, np.ndarray]], out: Path) -> None:
    """Write one sheet for each family: damaged, half, automatic, beyond, sharp."""
    for family in FAMILIES:
        rows = []
        for name, face in faces:
            damaged = degrade(face, family, name)
            encoded = model.encode([damaged])[0]
            levels = [min(encoded.level * share, model.info.levels[1]) for share in (0.5, 1.0, 1.4)]
            drawn = model.decode([encoded] * len(levels), levels)
            rows.append(np.hstack([damaged, *np.rint(drawn * 255).astype(np.uint8), face]))
        Image.fromarray(np.vstack(rows)).save(out / f"sheet-{family}.png")

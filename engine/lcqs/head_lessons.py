"""What the heads of a trained network learn at the end, from fresh examples: α(x), softening, likeness, mask.

No loss of training reaches them, but for the first estimate of α(x): they tell what a network that no longer
moves makes of faces.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from itertools import islice

import numpy as np
import torch
from torch import Tensor, nn

from engine.degradation import Damage, draw_damage, draw_mixed, draw_ruined
from engine.errors import ModelError
from engine.lcqs.batches import FRESH, prefetched, processes_for
from engine.lcqs.change_fit import GOOD_PRINT, damage_left, fit_change
from engine.lcqs.encoder import pooled_statistics
from engine.lcqs.faces_data import Batch, BatchSource, FaceFolder
from engine.lcqs.head_mask_fit import fit_head_mask
from engine.lcqs.level_fit import fit_level, fit_second_look, least_sufficient
from engine.lcqs.likeness_fit import NO_NETWORKS, fit_likeness, restored
from engine.lcqs.network import Lcqs
from engine.lcqs.perceptual import PerceptualFeatures, distance_maps, feature_distance
from engine.lcqs.restoration_level import damage
from engine.lcqs.silhouettes import Silhouettes
from engine.lcqs.softening import more_and_more_blurred
from engine.lcqs.training_config import TrainingConfig
from engine.lcqs.training_run import Report, TrainingRun

_Levels = tuple[Tensor, Tensor, Tensor]
"""Faces, (n, 3, S, S), the levels that they need, (n,), and what errors of them weigh, (n,)."""

_LINE_BATCHES = 24
_OLD_NEED = 1.9  # of what movement says: more carves beards and skin of good prints, less leaves dots
_SHARES = 0.6, 0.8, 1.0, 1.2, 1.4  # of what a face needs, among which the best is looked for
_SCAN_NEED = 1.2  # of what good scans with flaws need: the mean of two drawings leaves a little of these
_OF_SCANS = 8.0  # weight of errors in the levels of good scans with flaws, which are hard to see
_OLDS = 1 / 3  # of the faces that softening and likeness are learnt from
_SLACK = 0.001  # share of what restoring can do that may be left undone for a lower level


class HeadLessons:
    """Teaches a network's heads.

    Parameters
    ----------
    run : TrainingRun
        On whose device, and in whose precision, it is done.
    net : Lcqs
        The averaged network; only its heads change.
    features : PerceptualFeatures
    identity : nn.ModuleList
        Networks that recognise faces, from `engine.lcqs.identity.embeddings`; without any the likeness stays.
    config : TrainingConfig
        How many faces, and the seed.
    sharp, old : FaceFolder
        X_H and X_L.
    """

    def __init__(
        self,
        run: TrainingRun[Batch],
        net: Lcqs,
        features: PerceptualFeatures,
        identity: nn.ModuleList,
        config: TrainingConfig,
        sharp: FaceFolder,
        old: FaceFolder,
    ):
        self._run, self._net, self._features, self._identity = run, net, features, identity
        self._config, self._sharp, self._old = config, sharp, old

    def announce(self, report: Report) -> None:
        """Say which heads have no teacher here, and will stay as they are."""
        try:
            Silhouettes()
        except ModelError as error:
            report(f"The head mask will stay as it is. {error}")
        if not self._identity:
            report(f"The likeness will stay as it is. {NO_NETWORKS}")

    def give(self, report: Report) -> None:
        """Teach all: the likeness and the head mask where they have their teachers."""
        first, second = self.level()
        report(f"α(x) is off by {second:.1f} on average, by {first:.1f} at the first look")
        chosen, best = self.softening()
        report(f"softening leaves {100 * chosen:.0f} % of what else is left, {100 * best:.0f} % at best")
        try:
            report(f"likeness is told with a correlation of {self.likeness():.2f}")
        except ModelError as error:
            report(f"The likeness stays as it was. {error}")
        folders, count = (self._sharp, self._old), self._config.mask_faces
        try:
            overlap = fit_head_mask(self._net, Silhouettes(), *folders, count, self._config.seed)
            report(f"head masks overlap with those of unseen faces by {100 * overlap:.0f} %")
        except ModelError as error:
            report(f"The head mask stays as it was. {error}")

    def level(self) -> tuple[float, float]:
        """Fit α(x).

        Gives the mean errors of the first estimate and of α(x), on examples that both had not seen.

        What a real old face needs nobody knows. It is presumed from how far a strong shift moves the face,
        along the line that faces with known needs show, times `_OLD_NEED`: the distance sees less in the
        texture of prints than people do. Without old faces among the examples, that texture passes for the
        detail of sharp ones. Undamaged faces, which need nothing, are among them. The first estimate learns
        what others need; the second look, which can tell kinds of damage apart, learns `_best_levels`.
        """
        config = self._config
        first, second = (max(8, n // config.pairs) for n in (config.level_faces, config.second_faces))

        @torch.no_grad()
        def example(
            batch: Batch, learnt: Callable[[Batch, Tensor, Tensor], Tensor], of_scans: float
        ) -> _Levels:
            low, sharp, old = (self._run.tensor(one) for one in (batch.low, batch.sharp, batch.old))
            weight = torch.where(torch.from_numpy(batch.scan).to(self._run.device), of_scans, 1.0)
            presumed = _OLD_NEED * (slope * self._movement(old) + offset).clamp_min(0)
            return _with_others(low, learnt(batch, low, sharp), weight, sharp, old, presumed)

        with closing(self._fresh(self._sharp, config.olds, draw_damage)) as stream:
            slope, offset = self._needed_for_movement(islice(stream, _LINE_BATCHES))
            fit_level(self._net, (example(one, self._needed, 1.0) for one in islice(stream, first)))
            best = (example(one, self._best_levels, _OF_SCANS) for one in islice(stream, second))
            return fit_second_look(self._net, best)

    def _needed(self, _: Batch, low: Tensor, sharp: Tensor) -> Tensor:
        return self._distance(low, sharp)

    def _best_levels(self, batch: Batch, low: Tensor, sharp: Tensor) -> Tensor:
        """Give the levels, (n,), that bring damaged faces about as near to their sharp originals as any.

        Curves are flat where they are lowest, and what lower levels change less, of detail that nobody can
        know, is the person. Good scans with flaws get all that they need: estimates err, and too much changes
        them little, where too little leaves them their flaws.
        """
        net, features = self._net, self._features

        def left(seen: list[Tensor]) -> Tensor:
            return feature_distance(seen, of_sharp).mean(1)

        with self._run.autocast():
            of_sharp, of_low = features(sharp), features(low)
            needed, encoding = damage(distance_maps(of_low, of_sharp)), net.encode(low)
            mirrored = net.mirrored(encoding)
            drawn = [net.decode_twice(encoding, mirrored, share * needed) for share in _SHARES]
            curves = torch.stack([left(features(faces)) for faces in drawn], 1)
            slack = _SLACK * (left(of_low) - curves.amin(1)).clamp_min(0)
        scan = torch.from_numpy(batch.scan).to(self._run.device)
        return needed * torch.where(scan, _SCAN_NEED, least_sufficient(_SHARES, curves, slack))

    @torch.no_grad()
    def _needed_for_movement(self, batches: Iterable[Batch]) -> tuple[float, float]:
        """Slope and offset of the line of least squares from how far a strong shift moves faces to needs.

        In proportion alone, sharp faces would need too much: the shift moves them too.
        """
        needed, moved = [], []
        for batch in batches:
            low = self._run.tensor(batch.low)
            needed.append(self._distance(low, self._run.tensor(batch.sharp)))
            moved.append(self._movement(low))
        y, x = torch.cat(needed), torch.cat(moved)
        from_mean = x - x.mean()
        slope = (from_mean @ y) / from_mean.square().sum().clamp_min(1e-6)
        return float(slope), float(y.mean() - slope * x.mean())

    def _movement(self, faces: Tensor) -> Tensor:
        """Tell how far a strong shift moves faces: levels, (n,)."""
        with self._run.autocast():
            return self._distance(faces, self._net.strongly_shifted(self._net.encode(faces)))

    def _distance(self, faces: Tensor, others: Tensor) -> Tensor:
        """Levels between whole faces: those of a window are off by seven on average."""
        with self._run.autocast():
            return damage(distance_maps(self._features(faces), self._features(others)))

    # -- the others ------------------------------------------------------------------------------------------

    def softening(self) -> tuple[float, float]:
        """Fit the softening; gives what `engine.lcqs.change_fit.fit_change` does.

        A third of the faces are drawn from old ones, and of these the ones that need little stand for sharp
        ones: else what a photograph on paper is made of, and an engraving, passes for damage.
        """
        net = self._net

        @torch.no_grad()
        def examples() -> Iterator[tuple[Tensor, Tensor]]:
            for batch, is_old in self._sharp_then_old(draw_mixed, self._config.softening_faces):
                low, sharp = self._run.tensor(batch.low), self._run.tensor(batch.sharp)
                if is_old:
                    good = net.automatic_level(net.encode(sharp)) < GOOD_PRINT
                    low, sharp = low[good], sharp[good]
                if len(low):
                    with self._run.autocast():
                        left = damage_left(net, self._features, more_and_more_blurred(low), sharp)
                    yield pooled_statistics(net.encode(low).features), left

        return fit_change(net.softening, examples())

    def likeness(self) -> float:
        """Fit the likeness; gives what `engine.lcqs.likeness_fit.fit_likeness` does.

        A third of the faces are old ones, ruined further: theirs are textures that nobody can draw. What the
        network makes of an old face as it is stands for the person.
        """

        def drawn(faces: Tensor) -> tuple[Tensor, Tensor]:
            with self._run.autocast():
                return restored(self._net, faces)

        def batches() -> Iterator[tuple[Tensor, Tensor, Tensor]]:
            for batch, is_old in self._sharp_then_old(draw_ruined, self._config.likeness_faces):
                people = self._run.tensor(batch.sharp)
                if is_old:
                    people = drawn(people)[1]
                yield *drawn(self._run.tensor(batch.low)), people

        return fit_likeness(self._net, self._identity, batches())

    def _sharp_then_old(
        self, draw: Callable[[np.random.Generator], Damage], faces: int
    ) -> Iterator[tuple[Batch, bool]]:
        """Make fresh batches of about so many damaged faces; of the last third, old ones, it tells True."""
        count = max(8, faces // self._config.pairs)
        olds = round(_OLDS * count)
        for folder, some in ((self._sharp, count - olds), (self._old, olds)):
            with closing(self._fresh(folder, 0, draw)) as stream:
                for batch in islice(stream, some):
                    yield batch, folder is self._old

    def _fresh(
        self, folder: FaceFolder, olds: int, draw: Callable[[np.random.Generator], Damage]
    ) -> Generator[Batch]:
        """Make batches that training has not seen, of damaged faces of a folder, with so many old ones."""
        source = BatchSource(folder, self._old, self._config.pairs, olds, self._config.seed, draw)
        return prefetched(source.batch, FRESH, processes_for(self._run.device))


def _with_others(
    low: Tensor, needed: Tensor, weight: Tensor, sharp: Tensor, old: Tensor, presumed: Tensor
) -> _Levels:
    """Put faces and the levels that they need together, with a quarter of the sharp ones, which need none."""
    some = sharp[: len(sharp) // 4]
    faces, levels = torch.cat([low, some, old]), torch.cat([needed, needed.new_zeros(len(some)), presumed])
    return faces, levels, torch.cat([weight, weight.new_ones(len(some) + len(old))])

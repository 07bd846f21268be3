"""The trainer: synthetic pairs at every degree of damage, and real old faces, for one generator."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.degradation import Damage, draw_mixed, draw_ruined
from engine.errors import ModelError, UsageError, named
from engine.lcqs.batches import FRESH, prefetched, processes_for
from engine.lcqs.change_fit import GOOD_PRINT, damage_left, fit_change
from engine.lcqs.checkpoint import CRITICS, grow, load_mean, teach
from engine.lcqs.critic import Critic, critic_optimiser, joined, what_is_seen
from engine.lcqs.encoder import pooled_statistics
from engine.lcqs.faces_data import BEYOND, FULL, NONE, PARTIAL, Batch, BatchSource, FaceFolder
from engine.lcqs.head_mask_fit import fit_head_mask
from engine.lcqs.identity import embeddings, identity_loss
from engine.lcqs.level_fit import fit_level, fit_second_look, least_sufficient
from engine.lcqs.likeness_fit import NO_NETWORKS, fit_likeness, restored
from engine.lcqs.losses import eyes_and_mouths, face_weights, huber, weights_in_places
from engine.lcqs.muon import Muon
from engine.lcqs.network import Lcqs
from engine.lcqs.perceptual import PerceptualFeatures, distance_maps, feature_distance, texture_distance
from engine.lcqs.replay import Replayed, Tensors
from engine.lcqs.restoration_level import damage
from engine.lcqs.silhouettes import Silhouettes
from engine.lcqs.softening import more_and_more_blurred
from engine.lcqs.training_config import TrainingConfig
from engine.lcqs.training_run import LONGEST_GRADIENT, Report, TrainingRun, parameter_groups, settle

_GROWING = ("blocks", "quarter", "full")  # sizes of what leaves all else as it is
_LINE_BATCHES = 24
_JUDGED = 0.7  # of a batch's faces, of which four fifths could be: always as many, see `Replayed`
_OLD_NEED = 1.9  # of what movement says: more carves beards and skin of good prints, less leaves dots
_SHARES = 0.6, 0.8, 1.0, 1.2, 1.4  # of what a face needs, among which the best is looked for
_SCAN_NEED = 1.2  # of what good scans with flaws need: the mean of two drawings leaves a little of these
_OF_SCANS = 8.0  # weight of errors in the levels of good scans with flaws, which are hard to see
_OLDS = 1 / 3  # of the faces that softening and likeness are learnt from
_SLACK = 0.001  # share of what restoring can do that may be left undone for a lower level


@dataclass(frozen=True)
class Paths:
    """Where training reads and writes.

    Attributes
    ----------
    sharp, old : Path
        Folders of aligned faces: X_H and X_L.
    run : Path
        Folder of the run: checkpoint, log, sample sheets.
    identity : tuple of Path
        Networks for the identity loss, see `engine.lcqs.identity`; without any there is none.
    """

    sharp: Path
    old: Path
    run: Path
    identity: tuple[Path, ...] = ()


class Trainer(TrainingRun[Batch]):
    """Trains one network.

    Parameters
    ----------
    config : TrainingConfig
        The run.
    paths : Paths
        Data and output.
    steps : int or None
        Length of the run. None: measured from the first steps and `minutes`.
    device : str
        ``cpu``, ``cuda`` or ``cuda:N``; ``auto`` is CUDA where PyTorch has it.

    Raises
    ------
    UsageError
        For an unknown device, or a folder without faces.
    DeviceError
        When PyTorch does not have the device.
    """

    kept = ("net", "ema", *CRITICS, "optimiser", "critic_optimiser")

    def __init__(self, config: TrainingConfig, paths: Paths, steps: int | None, device: str = "cpu"):
        super().__init__(config, paths.run, steps, device)
        torch.manual_seed(config.seed)
        self.config, self.paths = config, paths
        self.net = self.placed(Lcqs(config.network))
        self.ema = copy.deepcopy(self.net).requires_grad_(False)
        self.critic, self.critic_of_parts = self.placed(Critic()), self.placed(Critic())
        self.features = self.placed(PerceptualFeatures())
        self.identity = self.placed(embeddings(paths.identity))
        self.optimiser = Muon(parameter_groups(self.net), config.learning_rate)
        self.critic_optimiser = critic_optimiser(self.critic, self.critic_of_parts)
        size = config.network.size
        self.weights = face_weights(size, config.centre).to(self.device)
        sharp, old = FaceFolder(paths.sharp, size), FaceFolder(paths.old, size)
        self.source = BatchSource(sharp, old, config.pairs, config.olds, config.seed)
        self._sharp, self._old = sharp, old
        self._settle()
        self._replayed = Replayed(self._learn, self.device)

    def batch(self, step: int) -> Batch:
        """Make the batch of `step`."""
        return self.source.batch(step)

    # -- one step --------------------------------------------------------------------------------------------

    def train_step(self, batch: Batch) -> dict[str, Tensor]:
        """Learn from one batch; gives the losses by name."""
        # What losses draw depends on the step alone, as its batch does.
        torch.manual_seed(self.config.seed * 1_000_003 + self.step)
        self.set_learning_rate(self.optimiser)
        whole = np.isin(batch.lesson, (FULL, BEYOND))
        read = {name: getattr(batch, name) for name in ("low", "target", "sharp", "lesson", "beyond")}
        read["places"] = (batch.flawed | batch.alike) & whole[:, None, None, None]
        read["judged"] = self._judged(whole)
        losses = self._replayed({name: torch.from_numpy(one) for name, one in read.items()})
        self.average(self.ema, self.net)
        self.step += 1
        return losses

    def _judged(self, whole: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Choose the faces that critics and the identity loss look at: of those that are to be whole, mostly.

        Always as many: a recorded step can't do with others, and cuDNN plans its work anew for each number.
        """
        first = np.argsort(~whole, kind="stable")
        return first[: max(1, int(_JUDGED * len(whole)))]

    def _learn(self, read: Tensors) -> Tensors:
        """Learn from the tensors of a batch, each time of the same shapes; gives the losses by name."""
        low, target, sharp = (self.tensor(read[name]) for name in ("low", "target", "sharp"))
        judged = partial(torch.index_select, dim=0, index=read["judged"])
        with self.autocast():
            with torch.no_grad():
                seen = [one.chunk(3) for one in self.features(torch.cat([low, target, sharp]))]
                of_low, of_target, of_sharp = ([thirds[i] for thirds in seen] for i in range(3))
            encoding = self.net.encode(low)
            needed = damage(distance_maps(of_low, of_sharp))
            left = damage(distance_maps(of_target, of_sharp))
            restored = self.net.decode(encoding, _levels(needed, left, read["lesson"], read["beyond"]))
            shown = restored.clamp(0, 1)
            of_restored = self.features(shown)
        pixels = self.weights * weights_in_places(read["places"])
        losses = {
            "pixels": (pixels * huber(restored, target)).mean(),
            "perceptual": feature_distance(of_restored, of_target).mean(),
            "texture": texture_distance(of_restored, of_target).mean(),
            "level": F.smooth_l1_loss(encoding.level.float() / 10, needed / 10),
        }
        made, real = (
            [judged(one) for one in what_is_seen(faces, features)]
            for faces, features in ((shown, of_restored), (target, of_target))
        )
        made_parts, real_parts = (self._seen_of_parts(judged(faces)) for faces in (shown, target))
        critics = {
            "adversarial": (self.critic, made, real),
            "adversarial_parts": (self.critic_of_parts, made_parts, real_parts),
        }
        shares = {name: joined(critic, self.config.warmup) for name, (critic, *_) in critics.items()}
        with self.autocast():
            losses |= {name: critic.verdict(*pair) for name, (critic, *pair) in critics.items()}
            losses["parts"] = feature_distance(made_parts[1:], real_parts[1:]).mean()
            if self.identity:
                losses["identity"] = identity_loss(self.identity, judged(restored), judged(sharp))
        total = losses["pixels"] + sum(
            getattr(self.config, name) * shares.get(name, 1.0) * loss
            for name, loss in losses.items()
            if name != "pixels"
        )
        self.descend(self.optimiser, total, LONGEST_GRADIENT)
        with self.autocast():
            lessons = [critic.lesson(*pair) for critic, *pair in critics.values()]
            losses["critic"] = torch.stack(lessons).sum()
        self.descend(self.critic_optimiser, losses["critic"])
        return {name: loss.detach() for name, loss in losses.items()}

    def _seen_of_parts(self, faces: Tensor) -> list[Tensor]:
        """Give what a critic sees of eyes and mouths."""
        parts = eyes_and_mouths(faces)
        with self.autocast():
            return what_is_seen(parts, self.features(parts))

    # -- a run -----------------------------------------------------------------------------------------------

    def resume(self) -> None:
        """Go on from the run's checkpoint, see `TrainingRun.resume`."""
        super().resume()
        self._settle()

    def _settle(self) -> None:
        for optimiser in (self.optimiser, self.critic_optimiser):
            settle(optimiser, self.device)

    def run(self, minutes: float | None, report: Report, save_every: float = 300.0) -> bool:
        """Train, as `TrainingRun.run`; what `complete` will lack is said before hours are spent."""
        try:
            Silhouettes()
        except ModelError as error:
            report(f"The head mask will stay as it is. {error}")
        if not self.identity:
            report(f"The likeness will stay as it is. {NO_NETWORKS}")
        return super().run(minutes, report, save_every)

    def complete(self, report: Report) -> None:
        """Fit α(x) and the softening; the likeness and the head mask where they have their teachers."""
        first, second = self.fit_level()
        report(f"α(x) is off by {second:.1f} on average, by {first:.1f} at the first look")
        chosen, best = self.fit_softening()
        report(f"softening leaves {100 * chosen:.0f} % of what else is left, {100 * best:.0f} % at best")
        try:
            report(f"likeness is told with a correlation of {self.fit_likeness():.2f}")
        except ModelError as error:
            report(f"The likeness stays as it was. {error}")
        folders, count = (self._sharp, self._old), self.config.mask_faces
        try:
            overlap = fit_head_mask(self.ema, Silhouettes(), *folders, count, self.config.seed)
            report(f"head masks overlap with those of unseen faces by {100 * overlap:.0f} %")
        except ModelError as error:
            report(f"The head mask stays as it was. {error}")

    def fit_level(self) -> tuple[float, float]:
        """Fit α(x) of the averaged network to fresh examples.

        Gives the mean errors of the first estimate and of α(x), on examples that both had not seen.

        What a real old face needs nobody knows. It is presumed from how far a strong shift moves the face,
        along the line that faces with known needs show, times `_OLD_NEED`: the distance sees less in the
        texture of prints than people do. Without old faces among the examples, that texture passes for the
        detail of sharp ones. Undamaged faces, which need nothing, are among them. The first estimate learns
        what others need; the second look, which can tell kinds of damage apart, learns `_best_levels`.
        """
        config = self.config

        def presumed(old: Tensor) -> Tensor:
            moved = self._distance(old, self._strongly_shifted(old))
            return _OLD_NEED * (slope * moved + offset).clamp_min(0)

        @torch.no_grad()
        def measure(batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
            low, sharp, old = self.tensor(batch.low), self.tensor(batch.sharp), self.tensor(batch.old)
            needed = self._distance(low, sharp)
            return _examples(low, needed, torch.ones_like(needed), sharp, old, presumed(old))

        @torch.no_grad()
        def measure_best(batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
            low, sharp, old = self.tensor(batch.low), self.tensor(batch.sharp), self.tensor(batch.old)
            scan = torch.from_numpy(batch.scan).to(self.device)
            best, weight = self._best_levels(low, sharp, scan), torch.where(scan, _OF_SCANS, 1.0)
            return _examples(low, best, weight, sharp, old, presumed(old))

        first, second = (max(8, n // config.pairs) for n in (config.level_faces, config.second_faces))
        stream = prefetched(self.batch, FRESH, processes_for(self.device))
        with closing(stream):
            slope, offset = self._needed_for_movement(islice(stream, _LINE_BATCHES))
            fit_level(self.ema, map(measure, islice(stream, first)))
            return fit_second_look(self.ema, map(measure_best, islice(stream, second)))

    def fit_softening(self) -> tuple[float, float]:
        """Fit the softening of the averaged network to fresh examples; see `engine.lcqs.change_fit`.

        A third of them are drawn from old faces, and of these the ones that need little stand for sharp
        ones: else what a photograph on paper is made of, and an engraving, passes for damage.
        """
        config, net = self.config, self.ema

        @torch.no_grad()
        def examples() -> Iterator[tuple[Tensor, Tensor]]:
            for batch, is_old in self._sharp_then_old(draw_mixed, config.softening_faces):
                low, sharp = self.tensor(batch.low), self.tensor(batch.sharp)
                if is_old:
                    good = net.automatic_level(net.encode(sharp)) < GOOD_PRINT
                    low, sharp = low[good], sharp[good]
                if len(low):
                    with self.autocast():
                        left = damage_left(net, self.features, more_and_more_blurred(low), sharp)
                    yield pooled_statistics(net.encode(low).features), left

        return fit_change(net.softening, examples())

    def fit_likeness(self) -> float:
        """Fit the likeness of the averaged network to fresh examples; see `engine.lcqs.likeness_fit`.

        A third of them are old faces, ruined further: theirs are textures that nobody can draw. What the
        network makes of an old face as it is stands for the person.
        """

        def drawn(faces: Tensor) -> tuple[Tensor, Tensor]:
            with self.autocast():
                return restored(self.ema, faces)

        def batches() -> Iterator[tuple[Tensor, Tensor, Tensor]]:
            for batch, is_old in self._sharp_then_old(draw_ruined, self.config.likeness_faces):
                people = self.tensor(batch.sharp)
                if is_old:
                    people = drawn(people)[1]
                yield *drawn(self.tensor(batch.low)), people

        return fit_likeness(self.ema, self.identity, batches())

    def _sharp_then_old(
        self, draw: Callable[[np.random.Generator], Damage], faces: int
    ) -> Iterator[tuple[Batch, bool]]:
        """Make fresh batches of about so many damaged faces; of the last third, old ones, it tells True."""
        count = max(8, faces // self.config.pairs)
        olds = round(_OLDS * count)
        for folder, some in ((self._sharp, count - olds), (self._old, olds)):
            source = BatchSource(folder, folder, self.config.pairs, 0, self.config.seed, draw)
            with closing(prefetched(source.batch, FRESH, processes_for(self.device))) as stream:
                for batch in islice(stream, some):
                    yield batch, folder is self._old

    def _best_levels(self, low: Tensor, sharp: Tensor, scan: Tensor) -> Tensor:
        """Give the levels, (n,), that bring damaged faces about as near to their sharp originals as any.

        Curves are flat where they are lowest, and what lower levels change less, of detail that nobody can
        know, is the person. Good scans with flaws, (n,) bool, get all that they need: estimates err, and
        too much changes them little, where too little leaves them their flaws.
        """

        def left(seen: list[Tensor]) -> Tensor:
            return feature_distance(seen, of_sharp).mean(1)

        with self.autocast():
            of_sharp, of_low = self.features(sharp), self.features(low)
            needed, encoding = damage(distance_maps(of_low, of_sharp)), self.ema.encode(low)
            mirrored = self.ema.mirrored(encoding)
            drawn = [self.ema.decode_twice(encoding, mirrored, share * needed) for share in _SHARES]
            curves = torch.stack([left(self.features(faces)) for faces in drawn], 1)
            slack = _SLACK * (left(of_low) - curves.amin(1)).clamp_min(0)
        return needed * torch.where(scan, _SCAN_NEED, least_sufficient(_SHARES, curves, slack))

    @torch.no_grad()
    def _needed_for_movement(self, batches: Iterable[Batch]) -> tuple[float, float]:
        """Slope and offset of the line of least squares from how far a strong shift moves faces to needs.

        In proportion alone, sharp faces would need too much: the shift moves them too.
        """
        needed, moved = [], []
        for batch in batches:
            low = self.tensor(batch.low)
            needed.append(self._distance(low, self.tensor(batch.sharp)))
            moved.append(self._distance(low, self._strongly_shifted(low)))
        y, x = torch.cat(needed), torch.cat(moved)
        from_mean = x - x.mean()
        slope = (from_mean @ y) / from_mean.square().sum().clamp_min(1e-6)
        return float(slope), float(y.mean() - slope * x.mean())

    def _strongly_shifted(self, faces: Tensor) -> Tensor:
        with self.autocast():
            return self.ema.strongly_shifted(self.ema.encode(faces))

    def _distance(self, faces: Tensor, others: Tensor) -> Tensor:
        """Levels between whole faces: those of a window are off by seven on average."""
        with self.autocast():
            return damage(distance_maps(self.features(faces), self.features(others)))

    def sample(self, batch: Batch) -> list[Tensor]:
        """Show faces: damaged, half, at the automatic level, beyond, sharp; old faces below."""
        faces = torch.cat([self.tensor(batch.low), self.tensor(batch.old)])
        with self.autocast():
            encoding = self.ema.encode(faces)
            level, mirrored = self.ema.automatic_level(encoding), self.ema.mirrored(encoding)
            shown = [self.ema.decode_twice(encoding, mirrored, level * k) for k in (0.0, 0.5, 1.0, 1.4)]
        return [faces, *shown, torch.cat([self.tensor(batch.sharp), self.tensor(batch.old)])]

    def start_from(self, *paths: Path) -> None:
        """Begin a new run with the averaged weights of another one, or with the mean of several.

        The first one's critics go on, if they are there. The network may have grown residual blocks, and what
        draws at full size: at first they add nothing.

        Parameters
        ----------
        *paths : Path
            Checkpoints, or weights written by `engine.lcqs.checkpoint.save_average`; one that is named twice
            counts twice.

        Raises
        ------
        ModelError
            If a file is missing or no checkpoint.
        UsageError
            If their networks have other sizes.
        """
        if not grow(self.net, load_mean(paths), _GROWING):
            raise UsageError(f"The network in {named(paths[0])} has other sizes than '{self.config.name}'.")
        self.ema.load_state_dict(self.net.state_dict())
        for name in CRITICS:
            teach(getattr(self, name), paths[0], name)


def _levels(needed: Tensor, left: Tensor, lesson: Tensor, beyond: Tensor) -> Tensor:
    """Choose each face's α: what its lesson needs."""
    chosen = torch.where(lesson == BEYOND, needed + beyond, needed)
    chosen = torch.where(lesson == PARTIAL, (needed - left).clamp_min(0), chosen)
    return torch.where(lesson == NONE, torch.zeros_like(chosen), chosen)


def _examples(
    low: Tensor, needed: Tensor, weight: Tensor, sharp: Tensor, old: Tensor, presumed: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Put faces and the levels that they need together, with a quarter of the sharp ones, which need none."""
    some = sharp[: len(sharp) // 4]
    faces, levels = torch.cat([low, some, old]), torch.cat([needed, needed.new_zeros(len(some)), presumed])
    return faces, levels, torch.cat([weight, weight.new_ones(len(some) + len(old))])

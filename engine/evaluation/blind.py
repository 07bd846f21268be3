"""Blind comparison: which of two restorations people choose when they do not know which is which."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist

from engine.errors import UsageError, named

ANSWERS = "answers.txt"
SAME = "same"
_SIDES = ("left", "right")

_PAGE = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>Which one would you keep?</title>
<style>
body{{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:100rem;padding:0 1rem;
background:#181818;color:#eee}}
img{{max-width:100%}}fieldset{{border:0;padding:0;margin:0 0 3rem}}label{{margin-right:2rem}}
</style>
<h1>Which one would you keep?</h1>
<p>One face twice, left and right. Choose the one that you would put into the family album: she must still be
herself. When done, save your answers into the folder of this page, as {answers}.</p>
<form>
{pairs}
<button type="button">Save the answers</button>
</form>
<script>
document.querySelector("button").onclick = () => {{
  const answer = pair => pair.querySelector(":checked")?.value ?? "";
  const lines = [...document.querySelectorAll("fieldset")].map(pair => pair.id + " " + answer(pair));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([lines.join("\\n") + "\\n"], {{type: "text/plain"}}));
  link.download = "{answers}";
  link.click();
}};
</script>
</html>
"""
_CHOICE = '<label><input type="radio" name="{name}" value="{choice}"> {choice}</label>'
_PAIR = """<fieldset id="{name}"><legend>{name}</legend><img src="{name}.png" alt="left and right"><br>
{choices}</fieldset>"""


@dataclass(frozen=True)
class Pair:
    """A question.

    Attributes
    ----------
    name : str
        What it is called on the page: ``pair-001``.
    subject : str
        Photo and face that it shows.
    left, right : str
        Whose restoration is where.
    """

    name: str
    subject: str
    left: str
    right: str


@dataclass(frozen=True)
class Tally:
    """What came of the answers.

    Attributes
    ----------
    wins : dict of str to int
        Answers for each of the two.
    same : int
        Answers for neither.
    unanswered : int
        Pairs without an answer.
    """

    wins: dict[str, int]
    same: int
    unanswered: int

    def share(self, name: str) -> tuple[float, float, float]:
        """Share of `name` among the decided answers and its 95 % Wilson interval, 0 to 1: (share, low, high).

        Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927. Without any
        decided answer nothing is known: (0.5, 0, 1).
        """
        decided = sum(self.wins.values())
        if not decided:
            return 0.5, 0.0, 1.0
        z = NormalDist().inv_cdf(0.975)
        share = self.wins[name] / decided
        centre = (share + z * z / (2 * decided)) / (1 + z * z / decided)
        half = z / (1 + z * z / decided) * (share * (1 - share) / decided + (z / (2 * decided)) ** 2) ** 0.5
        return share, max(centre - half, 0.0), min(centre + half, 1.0)


def shuffled_pairs(subjects: Sequence[str], names: tuple[str, str], seed: int) -> list[Pair]:
    """Put the subjects in random order, and the two names on random sides of each.

    Parameters
    ----------
    subjects : sequence of str
    names : (str, str)
        The two that are compared; they differ.
    seed : int
        The same seed gives the same order and sides.
    """
    chance = random.Random(seed)
    order = chance.sample(list(subjects), len(subjects))
    sides = [chance.sample(names, 2) for _ in order]
    return [
        Pair(f"pair-{number:03}", subject, left, right)
        for number, (subject, (left, right)) in enumerate(zip(order, sides, strict=True), 1)
    ]


def write_questions(folder: Path, key: Path, pairs: Sequence[Pair], names: tuple[str, str]) -> Path:
    """Write the page with the questions into `folder`, beside the pairs' pictures, and the key elsewhere.

    Parameters
    ----------
    folder : Path
        Holds ``pair-001.png`` and so on.
    key : Path
        File that tells which is which; not in `folder`, so that nobody sees it by accident.
    pairs : sequence of Pair
    names : (str, str)
        The two that are compared.

    Returns
    -------
    Path
        The page.
    """
    content = {"names": names, "pairs": [pair.__dict__ for pair in pairs]}
    key.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    questions = "\n".join(
        _PAIR.format(
            name=pair.name,
            choices="".join(_CHOICE.format(name=pair.name, choice=choice) for choice in (*_SIDES, SAME)),
        )
        for pair in pairs
    )
    page = folder / "index.html"
    page.write_text(_PAGE.format(pairs=questions, answers=ANSWERS), encoding="utf-8")
    return page


def read_key(key: Path) -> tuple[tuple[str, str], list[Pair]]:
    """Read what `write_questions` kept apart: the two names, and the pairs.

    Raises
    ------
    UsageError
        When the file is missing or is no key.
    """
    try:
        content = json.loads(key.read_text(encoding="utf-8"))
        first, second = content["names"]
        return (str(first), str(second)), [Pair(**pair) for pair in content["pairs"]]
    except OSError as error:
        raise UsageError(f"The key {named(key)} can't be read ({error.strerror}); compare first.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{named(key)} is no key of a comparison.") from error


def tally(answers: Iterable[str], pairs: Sequence[Pair], names: tuple[str, str]) -> Tally:
    """Count answers.

    Parameters
    ----------
    answers : iterable of str
        Lines of a pair's name and ``left``, ``right`` or ``same``; the answer may be missing, lines may be
        empty.
    pairs, names
        As from `read_key`.

    Raises
    ------
    UsageError
        For a line that is none of these, or a pair answered twice.
    """
    known = {pair.name: pair for pair in pairs}
    given: dict[str, str] = {}
    for number, line in enumerate(answers, 1):
        name, *answer = line.split() or [""]
        if not name:
            continue
        if name not in known or len(answer) > 1 or not {*answer} <= {*_SIDES, SAME}:
            raise UsageError(
                f"Line {number} of the answers must be like 'pair-001 left', not {line.strip()!r}."
            )
        if name in given:
            raise UsageError(f"Line {number} of the answers answers {name} a second time.")
        if answer:
            given[name] = answer[0]
    wins = dict.fromkeys(names, 0)
    for name, choice in given.items():
        if choice != SAME:
            wins[known[name].left if choice == "left" else known[name].right] += 1
    same = sum(choice == SAME for choice in given.values())
    return Tally(wins, same, len(known) - len(given))

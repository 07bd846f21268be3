"""``heirloom album``: folders of any size, with a journal; ``heirloom album report``: a page about them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from engine.album import (
    Album,
    AlbumSettings,
    Control,
    Event,
    LevelRule,
    Record,
    State,
    Summary,
    WithoutFaces,
    preview,
    write_report,
)
from engine.cli.keys import listening
from engine.cli.photos import say_device
from engine.errors import UsageError
from engine.photo import PhotoFormat
from engine.restore import Restorer
from engine.runtime import parse_device

_INTERRUPTED = 130


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    if args.inputs[0] == "report":
        return _report(args)
    if not args.output:
        raise UsageError("Name the folder for the results: heirloom album INPUT -o DIR.")
    parse_device(args.device)  # a wrong one is told before a job begins
    resume = args.resume or args.retry_failed
    job = Album.job(args.output) if resume else None
    settings = replace(job.settings if job else AlbumSettings(), **_named(args))
    model = args.model or (job.model if job else None)
    if args.dry_run:
        return _dry_run(args, settings, model, anew=args.overwrite and not resume)
    with Album.open(
        args.inputs, args.output, settings, resume=resume, overwrite=args.overwrite, model=model
    ) as album:
        for notice in album.notices:
            print(f"heirloom: {notice}", file=sys.stderr)
        if args.retry_failed:
            album.retry_failed()
        summary = _run(album, args)
        _tell(summary, args)
        return _INTERRUPTED if summary.cancelled else album.exit_code


def _named(args: argparse.Namespace) -> dict[str, Any]:
    """Give the settings that were named; a job that is resumed keeps the others."""
    named: dict[str, Any] = {}
    if args.level is not None:
        named["level"] = LevelRule.parse(args.level)
    if args.format is not None:
        named["format"] = PhotoFormat(args.format)
    if args.quality is not None:
        named["quality"] = args.quality
    if args.enlarge is not None:
        named["enlargement"] = args.enlarge
    if args.upright is not None:
        named["upright"] = args.upright
    if args.copy is not None:
        named["without_faces"] = WithoutFaces.COPY if args.copy else WithoutFaces.SKIP
    if args.only is not None:
        named["only"] = tuple(PhotoFormat(name) for name in args.only)
    return named


def _run(album: Album, args: argparse.Namespace) -> Summary:
    control = Control()
    start = album.progress()
    bar = tqdm(
        total=start.total,
        initial=start.total - start.remaining,
        unit="photo",
        disable=args.json or not sys.stderr.isatty(),
        bar_format="{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}<{postfix}]",
    )

    def observe(event: Event) -> None:
        _show(bar, event, args)

    def pause() -> None:
        if control.paused:
            control.resume()
        else:
            control.pause()
        bar.set_description("paused (p goes on)" if control.paused else "")

    try:
        with listening({"p": pause, "q": control.cancel}) as heard:
            if heard and not args.json:
                print("p pauses and goes on, q stops; --resume goes on later.", file=sys.stderr)
            if args.ray is not None:
                from engine.album.ray_runner import run_on_ray

                return run_on_ray(album, args.ray or None, args.device, control, observe)
            if not start.remaining:
                return album.run_with(_nothing)
            with Restorer(device=args.device, model=album.model.reference) as restorer:
                say_device(restorer.report.fallback, args.device)
                return album.run(restorer, control, observe)
    finally:
        bar.close()


def _nothing(control: Control, ended: Callable[[Record], None]) -> None:
    """Do the work of a job that is finished: no model need be loaded for it."""


def _show(bar: Any, event: Event, args: argparse.Namespace) -> None:
    """Move the bar, and tell a failure; or print the photo as JSON."""
    record, progress = event.record, event.progress
    if args.json:
        print(json.dumps(record.to_dict()), flush=True)
        return
    bar.total = progress.total
    bar.n = progress.total - progress.remaining
    rate = "?" if progress.rate is None else f"{progress.rate:.2f} photos/s"
    eta = "?" if progress.eta is None else tqdm.format_interval(progress.eta)
    counts = f"{progress.done} done, {progress.no_face} no face, {progress.failed} failed"
    bar.set_postfix_str(f"{eta}, {rate}; {counts}", refresh=False)
    bar.refresh()
    if record.state is State.FAILED:
        bar.write(f"heirloom: {record.sentence}", file=sys.stderr)


def _tell(summary: Summary, args: argparse.Namespace) -> None:
    if args.json:
        print(json.dumps({"summary": summary.to_dict()}), flush=True)
        return
    told = f"{summary.total} photos: {summary.done} restored, {summary.no_face} without a face to restore"
    rest = f", {summary.waiting} waiting (go on with --resume)" if summary.waiting else ""
    print(f"{told}, {summary.failed} failed{rest}; {tqdm.format_interval(summary.seconds)}. {args.output}")
    if summary.failed:
        print(f"heirloom album report {args.output}  lists why; --retry-failed tries them again.")


def _dry_run(args: argparse.Namespace, settings: AlbumSettings, model: str | None, anew: bool) -> int:
    with Restorer(device=args.device, model=model) as restorer:
        say_device(restorer.report.fallback, args.device)
        seen = preview(
            args.inputs, args.output, settings, restorer, anew=anew, retry_failed=args.retry_failed
        )
    if args.json:
        print(json.dumps({"dry_run": seen.to_dict()}))
        return 0
    for sentence in (*seen.notices, *seen.sentences):
        print(f"heirloom: {sentence}", file=sys.stderr)
    print(f"{seen.photos} photos, {seen.finished} of them done already; {seen.sampled} of the others tried:")
    print(f"  about {seen.faces} faces to restore, {seen.unreadable} of the tried photos can't be restored")
    space = "" if seen.free_bytes is None else f" of {seen.free_bytes / 1e9:.1f} GB that are free"
    print(f"  about {tqdm.format_interval(seen.seconds)} and {seen.bytes / 1e9:.2f} GB{space}")
    print("Nothing was written.")
    return 0


def _report(args: argparse.Namespace) -> int:
    if len(args.inputs) != 2:
        raise UsageError("Name the album's output folder: heirloom album report DIR.")
    if args.output == "":
        raise UsageError("Name the file for the report: heirloom album report DIR -o FILE.")
    page = write_report(args.inputs[1], None if args.output is None else Path(args.output), args.shown)
    print(json.dumps({"report": str(page)}) if args.json else f"The report is {page}.")
    return 0

import os
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.album.sources import Source, find_photos, name_results
from engine.errors import PhotoError, UsageError
from engine.photo import PhotoFormat


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def relatives(inputs: list[Path], output: Path) -> list[str]:
    return [s.relative for s in find_photos([str(path) for path in inputs], output).sources]


def named(*relative: str) -> list[str]:
    return name_results([Source(f"/photos/{name}", name) for name in relative])


def test_a_folder_is_searched_with_all_folders_in_it(tmp_path):
    touch(
        tmp_path / "in/b.JPG",
        tmp_path / "in/deep/er/a.tiff",
        tmp_path / "in/notes.txt",
        tmp_path / "in/.hidden.jpg",
    )
    assert relatives([tmp_path / "in"], tmp_path / "out") == ["b.JPG", "deep/er/a.tiff"]


def test_several_inputs_keep_their_tree_below_the_folder_they_share(tmp_path):
    touch(tmp_path / "1990/x.jpg", tmp_path / "2000/x.jpg")
    assert relatives([tmp_path / "1990", tmp_path / "2000"], tmp_path / "out") == ["1990/x.jpg", "2000/x.jpg"]


def test_a_photo_that_is_named_twice_is_done_once(tmp_path):
    touch(tmp_path / "in/x.jpg")
    assert relatives([tmp_path / "in", tmp_path / "in/x.jpg", tmp_path / "in"], tmp_path / "out") == ["x.jpg"]


def test_a_pattern_finds_photos(tmp_path):
    touch(tmp_path / "in/a1.jpg", tmp_path / "in/deep/a2.jpg", tmp_path / "in/b.jpg")
    assert relatives([tmp_path / "in/**/a*.jpg"], tmp_path / "out") == ["a1.jpg", "deep/a2.jpg"]


def test_an_output_folder_inside_the_input_is_left_out(tmp_path):
    touch(tmp_path / "in/a.jpg", tmp_path / "in/out/a-restored.jpg", tmp_path / "in/out/copied.jpg")
    assert relatives([tmp_path / "in"], tmp_path / "in/out") == ["a.jpg"]


def test_results_beside_their_originals_are_no_originals(tmp_path):
    touch(tmp_path / "a.jpg", tmp_path / "a-restored.jpg", tmp_path / "well-restored.jpg")
    assert relatives([tmp_path], tmp_path) == ["a.jpg", "well-restored.jpg"]


@pytest.mark.parametrize(
    "result",
    ["a-restored.jpg", "a-restored-2.png", "a-jpg-restored.jpg", "A-JPG-Restored.Jpg", "c-restored.Jpg"],
)
def test_a_result_is_known_by_all_names_that_it_can_have(tmp_path, result):
    touch(tmp_path / "a.jpg", tmp_path / "c.Jpg", tmp_path / result)
    assert relatives([tmp_path], tmp_path) == ["a.jpg", "c.Jpg"]
    assert relatives([tmp_path], tmp_path / "out") == ["a.jpg", "c.Jpg"]  # of `heirloom restore`


def test_the_original_of_a_result_may_be_of_a_kind_that_is_not_asked_for(tmp_path):
    touch(tmp_path / "a.jpg", tmp_path / "a-restored.png", tmp_path / "b.png")
    found = find_photos([str(tmp_path)], tmp_path / "out", [PhotoFormat.PNG]).sources
    assert [source.relative for source in found] == ["b.png"]


def test_a_result_that_is_named_is_taken(tmp_path):
    touch(tmp_path / "a.jpg", tmp_path / "a-restored.jpg")
    both = [tmp_path / "a.jpg", tmp_path / "a-restored.jpg"]
    assert relatives(both, tmp_path / "out") == ["a-restored.jpg", "a.jpg"]
    assert relatives(both[1:], tmp_path) == ["a-restored.jpg"]
    assert relatives(both, tmp_path) == ["a-restored.jpg", "a.jpg"]
    assert relatives([tmp_path / "*.jpg"], tmp_path / "out") == ["a.jpg"]


def test_what_is_called_like_a_result_is_left_out_of_folders_and_patterns_and_kept_in_mind(tmp_path):
    touch(tmp_path / "a.jpg", tmp_path / "a-restored.jpg", tmp_path / "a-restored-2.png", tmp_path / "b.jpg")
    touch(tmp_path / "a-restored.xmp", tmp_path / "well-restored.jpg")
    everything = find_photos([str(tmp_path)], None)
    assert everything.left_out == (tmp_path / "a-restored-2.png", tmp_path / "a-restored.jpg")
    assert find_photos([str(tmp_path / "*.jpg")], None).left_out == (tmp_path / "a-restored.jpg",)
    named_too = find_photos([str(tmp_path), str(tmp_path / "a-restored.jpg")], None)
    assert named_too.left_out == (tmp_path / "a-restored-2.png",)


@pytest.mark.parametrize("name", ["a-restored-1987.jpg", "a-restored-1.jpg", "a-restored-02.jpg"])
def test_a_number_that_no_result_has_makes_an_original(tmp_path, name):
    touch(tmp_path / "a.jpg", tmp_path / name)
    assert relatives([tmp_path], tmp_path / "out") == sorted(["a.jpg", name])
    assert relatives([tmp_path], tmp_path) == sorted(["a.jpg", name])


def test_an_output_folder_among_the_inputs_is_left_out_and_said(tmp_path):
    touch(tmp_path / "in/a.jpg", tmp_path / "b.jpg", tmp_path / "out/deep/a-restored.jpg")
    inputs = [tmp_path / "in", tmp_path / "b.jpg", tmp_path / "out", tmp_path / "out/deep"]
    found = find_photos([str(path) for path in inputs], tmp_path / "out")
    assert [source.relative for source in found.sources] == ["b.jpg", "in/a.jpg"]
    assert len(found.notices) == 2
    assert "the results go there" in found.notices[0]
    assert relatives([tmp_path / "**/*.jpg"], tmp_path / "out") == ["b.jpg", "in/a.jpg"]


@pytest.mark.skipif(os.name != "posix", reason="needs links")
def test_an_output_folder_inside_the_input_is_left_out_under_another_name(tmp_path):
    touch(tmp_path / "in/a.jpg", tmp_path / "in/out/a-restored.jpg", tmp_path / "in/out/deep/b-restored.jpg")
    (tmp_path / "link").symlink_to(tmp_path / "in")
    for photos, output in (("in", "link/out"), ("link", "in/out")):
        assert relatives([tmp_path / photos], tmp_path / output) == ["a.jpg"]
        inputs = [tmp_path / photos / "a.jpg", tmp_path / photos / "out/deep"]
        assert relatives(inputs, tmp_path / output) == ["a.jpg"]


def test_photos_that_all_lie_in_the_output_folder_are_taken(tmp_path):
    touch(tmp_path / "1990/a.jpg", tmp_path / "1990/a-restored.jpg")
    assert relatives([tmp_path / "1990"], tmp_path) == ["a.jpg"]


def test_an_empty_name_is_not_the_current_folder(tmp_path, monkeypatch):
    touch(tmp_path / "a.jpg")
    monkeypatch.chdir(tmp_path)
    for strict in (True, False):
        with pytest.raises(UsageError, match="empty"):
            find_photos(["", "a.jpg"], tmp_path / "out", strict=strict)


def test_a_photo_that_may_not_be_looked_at_is_said_to_be_unreadable(tmp_path, monkeypatch):
    with pytest.raises(PhotoError, match="can't be read"):
        find_photos([str(tmp_path / ("x" * 300))], tmp_path / "out")

    def forbid(path, **options):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "stat", forbid)
    with pytest.raises(PhotoError, match=r"a\.jpg\" can't be read \(Permission denied\)"):
        find_photos([str(tmp_path / "a.jpg")], None)


def test_a_folder_that_does_not_exist_is_told(tmp_path):
    with pytest.raises(UsageError, match="nowhere"):
        find_photos([str(tmp_path / "nowhere")], tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="needs links")
def test_a_link_that_leads_back_does_not_lead_astray(tmp_path):
    touch(tmp_path / "in/a.jpg")
    (tmp_path / "in/again").symlink_to(tmp_path / "in")
    assert relatives([tmp_path / "in"], tmp_path / "out") == ["a.jpg"]


def test_results_are_named_after_their_originals():
    assert named("2000/x.jpg", "y.png") == ["2000/x-restored", "y-restored"]


def test_originals_of_one_stem_get_results_of_their_own():
    assert named("x.jpg", "x.png") == ["x-jpg-restored", "x-png-restored"]


def test_names_differ_where_case_does_not_count():
    assert named("X.jpg", "x.jpg") == ["X-jpg-restored", "x-jpg-restored-2"]


def test_a_result_never_takes_the_name_of_an_original():
    assert named("x-restored.jpg", "x.jpg") == ["x-restored-restored", "x-restored-2"]


names = st.lists(
    st.sampled_from(
        [
            f"{stem}{ext}"
            for stem in ("x", "X", "é", "x-jpg", "x-restored", "d/x")
            for ext in (".jpg", ".JPG", ".png")
        ]
    ),
    unique=True,
)


@given(names)
def test_all_results_have_names_of_their_own(relative):
    results = named(*sorted(relative))
    assert len({name.casefold() for name in results}) == len(results)
    stems = {str(PurePosixPath(name).with_suffix("")).casefold() for name in relative}
    assert not stems & {name.casefold() for name in results}


@given(names, names)
def test_photos_that_come_later_leave_earlier_names_alone(first, later):
    sources = [Source(f"/{name}", name) for name in sorted(first)]
    taken = name_results(sources)
    new = [Source(f"/{name}", name) for name in sorted(set(later) - set(first))]
    assert not {n.casefold() for n in taken} & {n.casefold() for n in name_results(new, taken)}

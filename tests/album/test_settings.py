import pytest

from engine.album import AlbumSettings, LevelRule, WithoutFaces
from engine.album.settings import describe_changes
from engine.errors import UsageError
from engine.photo import PhotoFormat


@pytest.mark.parametrize(
    ("text", "automatic", "level"),
    [
        ("auto", 88.694, 88.69),
        ("auto+10", 88.69, 98.69),
        ("auto-100", 88.69, 0),
        ("AUTO+99", 88.69, 150),
        ("60", 88.69, 60),
    ],
)
def test_a_rule_chooses_the_level(text, automatic, level):
    assert LevelRule.parse(text).choose(automatic) == level


@pytest.mark.parametrize(("text", "level"), [("auto", 0), ("auto+10", 0), ("60", 60)])
def test_a_face_without_an_automatic_level_is_drawn_only_if_told_so(text, level):
    assert LevelRule.parse(text).choose(None) == level


@pytest.mark.parametrize("text", ["", "a lot", "151", "-1", "auto10", "auto+", "nan", "inf"])
def test_a_senseless_level_is_refused(text):
    with pytest.raises(UsageError, match="auto"):
        LevelRule.parse(text)


def test_the_last_bits_of_the_networks_level_do_not_count():
    """Batches of different sizes give levels that differ by 4e-6."""
    assert LevelRule().choose(33.830001) == LevelRule().choose(33.830005)


def test_settings_survive_the_journal():
    settings = AlbumSettings(LevelRule.parse("auto-20"), PhotoFormat.PNG, 90, 3, True, WithoutFaces.COPY)
    assert AlbumSettings.from_dict(settings.to_dict()) == settings


def test_changes_are_told_in_words():
    old, new = AlbumSettings().to_dict(), AlbumSettings(LevelRule(60), quality=90).to_dict()
    assert describe_changes(old, new) == "level auto → 60, quality unset → 90"
    assert describe_changes(old, old) == ""
    later = "enlargement", "upright"
    before = {key: value for key, value in old.items() if key not in later}  # of an earlier version
    assert describe_changes(before, old) == ""
    assert describe_changes(before, AlbumSettings(enlargement=2).to_dict()) == "enlargement 1 → 2"
    assert describe_changes(before, AlbumSettings(upright=True).to_dict()) == "upright no → yes"


def test_settings_of_a_job_that_names_no_formats_take_all():
    data = AlbumSettings(LevelRule(40)).to_dict()
    assert AlbumSettings.from_dict(data) == AlbumSettings(LevelRule(40))
    del data["only"], data["enlargement"], data["upright"]
    assert AlbumSettings.from_dict(data) == AlbumSettings(LevelRule(40))

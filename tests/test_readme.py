"""What README promises and the code must keep."""

import re
from pathlib import Path

import pytest

from engine import errors

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("error", errors.HeirloomError.__subclasses__(), ids=lambda error: error.__name__)
def test_every_exit_code_is_in_the_table(error):
    assert re.search(rf"^\| {error.exit_code} \|", README, re.MULTILINE)


def test_no_exit_code_means_two_things():
    codes = [error.exit_code for error in errors.HeirloomError.__subclasses__()]
    assert len(set(codes)) == len(codes)


def test_the_commands_name_files_that_exist():
    for script in re.findall(r"bash (\S+)", README):
        assert (ROOT / script).is_file()

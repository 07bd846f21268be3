import pytest

from engine.errors import UsageError
from engine.runtime import Device, parse_device


@pytest.mark.parametrize(
    ("text", "device"),
    [
        ("auto", Device("auto")),
        ("cpu", Device("cpu")),
        ("cuda", Device("cuda", 0)),
        ("cuda:0", Device("cuda", 0)),
        (" CUDA:3 ", Device("cuda", 3)),
    ],
)
def test_a_wish_is_read(text, device):
    assert parse_device(text) == device


@pytest.mark.parametrize("text", ["", "gpu", "cuda:", "cuda:-1", "cuda:x", "cpu:0", "auto:1", "cuda:1234"])
def test_any_other_text_is_refused_with_the_choices(text):
    with pytest.raises(UsageError, match=r"auto, cpu, cuda or cuda:N"):
        parse_device(text)


@pytest.mark.parametrize("text", ["auto", "cpu", "cuda", "cuda:2"])
def test_a_wish_is_written_as_it_is_typed(text):
    assert str(parse_device(text)) == text

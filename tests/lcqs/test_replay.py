"""Steps that are repeated: the same as steps that are taken."""

import pytest
import torch

from engine.lcqs.replay import Replayed


@pytest.fixture(params=["cpu", "cuda"])
def device(request):
    if request.param == "cuda" and not torch.cuda.is_available():
        pytest.skip("a card repeats steps from a recording")
    return request.param


def test_a_repeated_step_learns_what_a_taken_one_learns(device):
    weights = {name: torch.zeros(3, device=device, requires_grad=True) for name in ("taken", "repeated")}

    def step(name):
        optimiser = torch.optim.Adam([weights[name]], 0.1, capturable=device == "cuda")

        def take(read):
            loss = (weights[name] - read["wanted"].float()).square().sum()
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            return {"loss": loss.detach()}

        return take

    taken, repeated = step("taken"), Replayed(step("repeated"), device)
    losses = []
    for number in range(12):
        wanted = torch.tensor([number, 1.0, -number])
        made = repeated({"wanted": wanted})["loss"]
        assert float(made) == pytest.approx(float(taken({"wanted": wanted.to(device)})["loss"]), rel=1e-5)
        losses.append(made)
    torch.testing.assert_close(weights["repeated"], weights["taken"])
    assert len({float(loss) for loss in losses}) > 6  # each step's losses are its own

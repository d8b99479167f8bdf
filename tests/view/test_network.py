"""The inside of a network: every number of a small one, the chosen unit with numbers put in, in every size of panel."""

from __future__ import annotations

import numpy as np
import pytest

from gdtui.objectives.specs import ObjectiveSpec
from gdtui.plot.ascii_text import writing
from gdtui.plot.widths import cell_width
from gdtui.session import Session, Snapshot
from gdtui.simulation.experiment import Experiment, Lane
from gdtui.verbs import Step
from gdtui.view.frame_state import Notice
from gdtui.view.look import Look, turned
from gdtui.view.panels import Paper, network
from tests.view.frames import frame_of

#: The lesson's network after its first update.
START = (1.0, 0.25, -1.0, -0.25, -0.25, 0.25, 1.75, -2.25, -0.5)


#: Not the usual ones: the panel names those of the user.
KEYS = {"sample-before": "<", "sample": ".", "coordinate": "x", "coordinate-before": "X", "network": "F5"}


def lines(
    snapshot: Snapshot, width: int, height: int, *, plain: bool = False, coordinate: int | None = None
) -> list[str]:
    """Return the panel for the second sample."""
    frame = frame_of(snapshot, notice=Notice(keys=KEYS), sample=1, coordinate=coordinate, view="network")
    with writing(plain=plain):
        return ["".join(run.text for run in row) for row in network(frame, Paper(width, height, ascii=plain))]


def opened(name: str, **model: object) -> Snapshot:
    return Session(Experiment(ObjectiveSpec("dataset", name, **model), (Lane("a", "gd"),))).snapshot()


@pytest.fixture(scope="module")
def small() -> Snapshot:
    spec = ObjectiveSpec("dataset", "xor", layers=(2, 2, 1), activation="sigmoid", loss="bce", start=START)
    return Session(Experiment(spec, (Lane("a", "gd"),))).snapshot()


@pytest.fixture(scope="module")
def deep() -> Snapshot:
    spec = ObjectiveSpec("dataset", "xor", layers=(2, 16, 16, 8, 1))
    return Session(Experiment(spec, (Lane("a", "gd"),))).apply(Step(2))


def test_eighty_columns_and_ten_rows_hold_every_number_of_a_small_network(small: Snapshot) -> None:
    assert [line.rstrip() for line in lines(small, 80, 10)] == [
        " inside the network  ● a  sample 2 of 4   layer 1 of 2, unit [0]   < . x X F5",
        " x 0 1   y 1   ŷ 0.3208   loss 1.137",
        "                     W               b       z       a  δ = ∂b      ∂W",
        "▸ layer 1  [0]       1    0.25   −0.25       0     0.5  −0.297       0  −0.297",
        "           [1]      −1   −0.25    0.25       0     0.5   0.382       0   0.382",
        "  layer 2  [0]    1.75   −2.25    −0.5   −0.75  0.3208  −0.679   −0.34   −0.34",
        "  z¹[0] = W¹[0]·x + b¹[0]        1·0 + 0.25·1 − 0.25          = 0",
        "  a¹[0] = σ(z¹[0])               σ(0)                         = 0.5",
        "  δ¹[0] = (W²ᵀδ²)[0]·σ′(z¹[0])   1.75·(−0.6792)·0.5·(1 − 0.5) = −0.2971",
        "  ∂W¹[0] = δ¹[0]·xᵀ              −0.2971·(0  1)               = 0  −0.2971",
    ]


def test_in_ascii_nothing_of_it_is_cut(small: Snapshot) -> None:
    shown = lines(small, 80, 10, plain=True)
    assert all(line.isascii() and "..." not in line and "~" not in line for line in shown)
    assert shown[2].split() == ["W", "b", "z", "a", "delta", "dW"]
    assert shown[-2].split("  ")[1] == "delta^1"
    wide = lines(small, 120, 23, plain=True)
    assert "  delta^1[0] = (W^2^T*delta^2)[0]*sigma'(z^1[0])   1.75*(-0.6792)*0.5*(1 - 0.5) = -0.2971" in map(
        str.rstrip, wide
    )
    assert any("delta^1 = W^2^T*delta^2 .* sigma'(z^1)   (-1.189  1.528) .* (0.25  0.25)" in line for line in wide)


def test_with_room_the_errors_of_all_layers_are_written_out_under_titles(small: Snapshot) -> None:
    shown = [line.strip() for line in lines(small, 120, 23)]
    assert "unit [0] of layer 1" in shown
    at = shown.index("the errors, from the last layer back")
    assert shown[at + 1 : at + 3] == [
        "δ² = ŷ − y            0.3208 − 1                     = −0.6792",
        "δ¹ = W²ᵀδ² ⊙ σ′(z¹)   (−1.189  1.528) ⊙ (0.25  0.25) = −0.2971  0.382",
    ]


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("height", (1, 2, 3, 4, 6, 7, 10, 13, 22, 40))
def test_any_panel_is_filled_exactly_and_shows_the_loss(deep: Snapshot, width: int, height: int, plain: bool) -> None:
    for coordinate in (None, 100, 464):
        shown = lines(deep, width, height, plain=plain, coordinate=coordinate)
        assert len(shown) == height
        assert {cell_width(line) for line in shown} == {width}
        assert sum("loss 0." in line for line in shown) == 1
        assert height < 4 or sum(line.startswith(">" if plain else "▸") for line in shown) == (height >= 7)


def test_the_unit_of_the_coordinate_is_written_out(deep: Snapshot) -> None:
    for coordinate, name in ((0, "z¹[0]"), (3, "z¹[1]"), (47, "z¹[15]"), (48, "z²[0]"), (456, "z⁴"), (464, "z⁴")):
        assert deep.objective.model is not None
        shown = lines(deep, 200, 24, coordinate=coordinate)
        assert any(line.startswith(f"  {name} = W") for line in shown), deep.objective.names[coordinate]


def test_the_coordinate_keys_turn_to_the_next_unit_also_where_it_is_not_recorded(deep: Snapshot) -> None:
    look = Look(view="network")
    for _press in range(16):
        look = turned(look, deep, "coordinate", 1)
    assert look.coordinate == 48  # the first weight of the second layer; only 16 parameters are recorded
    assert turned(look, deep, "network", 1).coordinate is None
    assert turned(Look(view="network"), deep, "coordinate", -1).coordinate == 456
    assert turned(turned(look, deep, "coordinate", 1), deep, "coordinate", -1) == look


def test_a_layer_without_room_for_its_units_has_one_row_with_all_its_quantities(deep: Snapshot) -> None:
    shown = lines(deep, 80, 10)
    for k, line in zip("¹²³⁴", shown[2:6], strict=True):
        assert all(name in line for name in (f"z{k} ", f"δ{k} ", f"‖∂W{k}‖ "))
    assert "ŷ " in shown[5]
    assert lines(deep, 120, 22)[2].startswith("  ↓ 8 ")  # units of the first layer that are below


def test_every_small_network_has_the_loss_that_its_answer_makes() -> None:
    for name, loss in (("xor", "bce"), ("iris", "softmax"), ("line", "mse")):
        seen = opened(name)
        assert seen.objective.model is not None
        assert seen.objective.model.loss == loss
        sample = lines(seen, 160, 4)[1]
        target = seen.objective.data[1, -1]
        answers = [float(part.replace("−", "-")) for part in sample.split("ŷ ")[1].split("   ")[0].split()]
        p = answers[int(target)] if loss == "softmax" else answers[0] if target == 1 else 1 - answers[0]
        wanted = (answers[0] - target) ** 2 if loss == "mse" else -np.log(p)
        assert float(sample.split("loss ")[1]) == pytest.approx(wanted, rel=0.02)


def test_a_network_that_is_too_large_says_so() -> None:
    assert lines(opened("clicks"), 80, 2)[0].strip() == "this model is too large to be written out: F5 goes back"

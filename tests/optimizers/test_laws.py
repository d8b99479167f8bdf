"""What holds for every rule of the registry, whatever its arithmetic. New rules are tested without further ado."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdtui.errors import ParameterError
from gdtui.kernel import jit_disabled
from gdtui.optimizers import REGISTRY, find
from gdtui.optimizers.language.block_rule import BlockRule
from tests.optimizers.cases import RULES, State, one_block, reference, refused, rule_id

every_rule = pytest.mark.parametrize("rule", RULES, ids=rule_id)

#: In units in the last place. On x86-64 with glibc all bits agree; elsewhere pow may round differently.
ULPS = 4
EXAMPLES = 10 if jit_disabled() else 25
#: Settings that move parameters at a zero gradient; they are 0 in that test.
BY_ITSELF = ("weight_decay", "lambd")
#: FTRL computes the parameters from its sums alone, so it forgets the start (as in Keras).
FORGETS_ITS_START = ("ftrl",)

EXTREMES = [0.0, -0.0, 1e-300, -1e-300, 5e-324, 1e-8, -1e-8, 1.0, -1.0, 1e8, 1e150, -1e150, 1e300, -1e300]
gradients = st.lists(st.tuples(*[st.one_of(st.sampled_from(EXTREMES), st.floats(-10, 10))] * 4), min_size=1, max_size=6)


def assert_agree(got, want, what):
    got, want = np.broadcast_arrays(np.asarray(got, dtype=np.float64), np.asarray(want, dtype=np.float64))
    same = (got == want) | (np.isnan(got) & np.isnan(want))
    with np.errstate(all="ignore"):
        ulps = np.abs(got - want) / np.spacing(np.maximum(np.abs(got), np.abs(want)))
    assert np.all(same | (ulps <= ULPS)), f"{what}: {got} is not {want}"


def assert_kernel_is_text(state, g):
    """Make one update; the kernel must do the same as the text called in Python."""
    want = state.interpret(g)
    state.update(g)
    assert_agree(state.theta, want["theta"], f"theta after update {state.t}")
    for row, slot in zip(state.slots, state.rule.slots, strict=False):
        assert_agree(row, want[slot.name], f"{slot.name} after update {state.t}")


@every_rule
def test_kernel_agrees_with_its_text_on_the_reference_gradients(rule):
    state = State.start(rule, reference()["theta0"])
    for g in reference()["gradients"]:
        assert_kernel_is_text(state, g)


@every_rule
@settings(max_examples=EXAMPLES, deadline=None)
@given(stream=gradients)
def test_kernel_agrees_with_its_text_on_any_gradients(rule, stream):
    state = State.start(rule, [0.5, -0.0, 3e-5, -2e4])
    for g in stream:
        assert_kernel_is_text(state, g)


@every_rule
def test_probe_reads_off_what_the_update_will_compute(rule):
    state = State.start(rule, reference()["theta0"])
    for g in reference()["gradients"]:
        before = state.copy()
        names, probed = state.interpret(g), state.probe(g)
        for name in rule.texts[0].names:
            assert_agree(probed[name], names[name], name)
        assert np.all(np.isfinite(probed["effective_lr"]))
        some = state.probe(g, [2, 0])
        for name, values in probed.items():
            assert_agree(some[name], values[[2, 0]], name)
        np.testing.assert_array_equal(state.theta, before.theta)
        np.testing.assert_array_equal(state.slots, before.slots)
        state.update(g)


@pytest.mark.parametrize("rule", [r for r in RULES if isinstance(r, BlockRule)], ids=rule_id)
def test_probe_reads_off_each_block_for_itself(rule):
    blocks = np.array([[0, 3, 2], [6, 4, 1], [10, 2, 3]])
    if refused(rule, blocks):
        blocks = np.array([[0, 3, 2], [6, 2, 2], [10, 2, 3]])
    rng = np.random.default_rng(7)
    state = State.start(rule, rng.normal(size=16), blocks=blocks)
    for _ in range(5):
        g = rng.normal(size=16)
        names, probed = state.interpret(g), state.probe(g)
        for name in rule.symbols:
            if name in names:
                assert_agree(probed[name], names[name], name)
        state.update(g)
        assert_agree(state.theta, names["theta"], "theta")


@every_rule
def test_effective_lr_is_what_the_direction_is_multiplied_by(rule):
    """θ before − θ after = effective lr × direction, where a rule names its direction."""
    direction = rule.texts[0].direction
    if not direction:
        pytest.skip("no direction")
    state = State.start(rule, [0.3, -0.2, 0.7, 1.1], {k: 0.0 for k in BY_ITSELF if k in rule.defaults})
    for g in reference()["gradients"][:12]:
        names = {**state.probe(g), "g": np.array(g)}
        before = state.theta.copy()
        state.update(g)
        want = names["effective_lr"] * names[direction]
        np.testing.assert_allclose(before - state.theta, want, rtol=1e-6, atol=1e-14)


@every_rule
def test_without_the_jit_it_is_the_same_trace(rule):
    jitted = State.start(rule, reference()["theta0"])
    plain = jitted.copy()
    for g in reference()["gradients"]:
        jitted.update(g)
        plain.t += 1
        with np.errstate(all="ignore"):
            rule.kernel.function(plain.theta, np.array(g), plain.slots, plain.hyper, np.float64(plain.t), plain.blocks)
        np.testing.assert_allclose(plain.theta, jitted.theta, rtol=1e-12, atol=0)


@pytest.mark.jit
@every_rule
def test_is_compiled_once(rule):
    if jit_disabled():
        pytest.skip("nothing is compiled")
    state = State.start(rule, [1.0, 2.0, 3.0, 4.0])
    for g in ([1, 2, 3, 4], [0.5, 0.5, 0.5, 0.5]):
        state.probe(g)
        state.update(g)
    for kernel in (rule.kernel, rule.probe):
        assert len(kernel.compiled.signatures) == 1
        assert kernel.compiled is kernel.compiled


@every_rule
def test_zero_gradient_moves_nothing(rule):
    if rule.name in FORGETS_ITS_START:
        pytest.skip("works its parameters out of its sums")
    start = np.array([0.3, -2.0, 1e-9, 4e5])
    still = {k: 0.0 for k in (*BY_ITSELF, "initial_accumulator") if k in rule.defaults}
    state = State.start(rule, start, still)
    for _ in range(5):
        state.update(np.zeros(4))
        np.testing.assert_array_equal(state.theta, start)


@every_rule
def test_extreme_gradients_leave_numbers_or_what_the_lane_calls_diverged(rule):
    """The kernel always returns; and if it left a θ that is not finite, θ − θ ≠ 0 shows it."""
    for size in (1e150, 1e300, 1.7e308, np.inf, np.nan):
        state = State.start(rule, [0.3, -0.2, 0.7, 1.1])
        for g in ([size, -size, 1.0, 0.0], [1e-300, 0.0, -size, size], [1.0, 1.0, 1.0, 1.0]):
            state.update(g)
        with np.errstate(all="ignore"):
            gone = float(np.sum(state.theta - state.theta))
        assert np.all(np.isfinite(state.theta)) == (gone == 0.0)


@every_rule
def test_one_coordinate(rule):
    if isinstance(rule, BlockRule) and rule.matrices_only:
        assert refused(rule, [[0, 1, 1]])
        return
    state = State.start(rule, [0.7])
    assert refused(rule, state.blocks) == ""
    for g in ([-2.0], [1.5], [0.0]):
        assert_kernel_is_text(state, g)


@pytest.mark.jit
@every_rule
def test_704129_coordinates(rule):
    """As many as the recommender has; the first four move as they would alone."""
    if jit_disabled() or isinstance(rule, BlockRule):
        pytest.skip("compiled, and one coordinate not hanging on another")
    rng = np.random.default_rng(5)
    theta, g = rng.normal(size=704_129), rng.normal(size=704_129)
    many, few = State.start(rule, theta), State.start(rule, theta[:4])
    for sign in (1, -1, 1):
        many.update(sign * g)
        few.update(sign * g[:4])
    assert np.all(np.isfinite(many.theta))
    np.testing.assert_array_equal(many.theta[:4], few.theta)


@pytest.mark.jit
@pytest.mark.parametrize("rule", [r for r in RULES if isinstance(r, BlockRule)], ids=rule_id)
def test_704129_coordinates_in_blocks(rule):
    if jit_disabled():
        pytest.skip("compiled")
    blocks = np.array([[0, 1000, 64], [64_000, 10_000, 64], [704_000, 1, 128], [704_128, 1, 1]])
    if refused(rule, blocks):
        blocks = blocks[:-1]
    rng = np.random.default_rng(5)
    state = State.start(rule, rng.normal(size=704_129), blocks=blocks)
    state.update(rng.normal(size=704_129))
    assert np.all(np.isfinite(state.theta))


@every_rule
def test_coordinates_do_not_touch_each_other(rule):
    """A rule for coordinates treats each coordinate alone; a rule over blocks each block."""
    if isinstance(rule, BlockRule):
        single = np.array([[0, 2, 2]])
        blocks = np.array([[0, 2, 2], [4, 2, 2]])
    else:
        single, blocks = one_block(4), one_block(8)
    rng = np.random.default_rng(11)
    theta = rng.normal(size=8)
    both, alone = State.start(rule, theta, blocks=blocks), State.start(rule, theta[4:], blocks=single)
    for _ in range(5):
        g = rng.normal(size=8)
        both.update(g)
        alone.update(g[4:])
        np.testing.assert_array_equal(both.theta[4:], alone.theta)


@every_rule
def test_says_what_it_is(rule):
    assert rule.title and rule.reference and rule.teaches.endswith(".")
    assert rule.hyper[0].name == "lr"
    for info in rule.hyper:
        assert info.range.contains(info.default), info.name
    assert len({slot.role for slot in rule.slots if slot.role != "other"}) == len(
        [slot for slot in rule.slots if slot.role != "other"]
    ), "a chart of the velocity shows one slot"
    assert "theta" not in rule.symbols and "grad" not in rule.symbols
    assert len(set(rule.symbols)) == len(rule.symbols)


# The catalogue -----------------------------------------------------------------------------------

CATALOGUE = {
    "gd": ("plain", "keras", "optax", "pytorch"), "momentum": ("classical", "keras", "pytorch", "optax", "ema"),
    "nesterov": ("classical", "keras", "pytorch"),
    "adagrad": ("notes", "pytorch", "keras"), "rmsprop": ("notes", "optax", "pytorch", "keras"),
    "adadelta": ("paper", "pytorch", "keras"), "adam": ("paper", "pytorch", "keras", "optax"),
    "amsgrad": ("pytorch", "optax"), "adamw": ("pytorch", "paper", "keras", "optax"), "adamax": ("pytorch", "keras"),
    "nadam": ("pytorch", "keras", "optax"), "radam": ("pytorch",), "adabelief": ("optax",), "yogi": ("optax",),
    "adan": ("optax",), "lion": ("optax", "keras"), "signsgd": ("optax",), "novograd": ("optax",),
    "rprop": ("pytorch",), "asgd": ("pytorch",), "ftrl": ("keras",), "lars": ("optax",), "lamb": ("optax",),
    "adafactor": ("pytorch",), "muon": ("pytorch", "optax"),
}  # fmt: skip


def test_the_registry_holds_the_catalogue_in_its_order():
    """Others may be added; these are promised."""
    assert [name for name in REGISTRY if name in CATALOGUE] == list(CATALOGUE)
    for name, dialects in CATALOGUE.items():
        assert set(dialects) <= set(find(name).dialects)


#: Dialects with texts of their own that agree, given the same settings; all others must not.
SAME_ARITHMETIC = {
    ("adam", "paper", "optax"),
    ("adam", "pytorch", "optax"),  # eps_root 0
    ("adamw", "pytorch", "optax"),  # eps_root 0
    ("adamw", "pytorch", "paper"),  # weight_decay 0
    ("adamw", "paper", "optax"),  # weight_decay 0, eps_root 0
    ("lion", "optax", "keras"),  # weight_decay 0
}


def trace(rule, settings):
    chosen = {key: value for key, value in settings.items() if key in rule.defaults}
    state = State.start(rule, [0.4, -0.3, 1.2, 0.8], chosen)
    rng = np.random.default_rng(2)
    rows = []
    for t in range(12):
        state.hyper[0] = 0.01 if t < 6 else 0.03  # whether lr is inside the velocity shows when it changes
        rows.append(state.update(rng.normal(size=4)).copy())
    return np.array(rows)


@pytest.mark.parametrize("name", [o.name for o in REGISTRY.values() if len(o.dialects) > 1])
def test_dialects_differ_where_the_catalogue_says_and_only_there(name):
    settings = {
        "lr": 0.01, "momentum": 0.9, "beta": 0.9, "rho": 0.9, "eps": 1e-3, "eps_root": 0.0, "weight_decay": 0.0,
        "initial_accumulator": 0.1,
    }  # fmt: skip
    optimizer = find(name)
    firsts = {dialect: optimizer.rule(dialect) for dialect in optimizer.dialects}
    dialects = list(firsts)
    for i, a in enumerate(dialects):
        for b in dialects[i + 1 :]:
            one, other = trace(firsts[a], settings), trace(firsts[b], settings)
            close = np.allclose(one, other, rtol=1e-12, atol=0)
            alike = firsts[a].function is firsts[b].function or (name, a, b) in SAME_ARITHMETIC
            assert close == alike, f"{name}: {a} and {b} {'agree' if close else 'differ'}"


def test_options_choose_among_written_rules():
    assert find("adam").rule().options == {"bias_correction": True}
    assert find("adam").rule(None, {"bias_correction": False}).title == "Adam without bias correction"
    assert find("adam").rule("keras", {"bias_correction": False}).defaults["eps"] == 1e-7
    both = find("rmsprop").rule("keras", {"centered": True, "momentum": True})
    assert [slot.name for slot in both.slots] == ["b", "s", "g_bar"]
    assert find("rmsprop").rule("pytorch").options == {"centered": False, "momentum": False}
    with pytest.raises(ParameterError, match="no option 'centred'; did you mean 'centered'"):
        find("rmsprop").rule("pytorch", {"centred": True})
    with pytest.raises(ParameterError, match="no option 'centered'"):
        find("rmsprop").rule("paper", {"centered": True})


def test_dialects_that_share_a_text_share_its_machine_code():
    adadelta = find("adadelta")
    assert adadelta.rule("paper").kernel is adadelta.rule("keras").kernel
    assert adadelta.rule("paper").defaults["rho"] == 0.95
    assert adadelta.rule("pytorch").defaults == {"lr": 1.0, "rho": 0.9, "eps": 1e-6}


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.rests(rule.defaults)], ids=rule_id)
def test_nothing_moves_where_there_never_was_a_gradient(rule):
    state = State.start(rule, [0.3, -1e-9, 7e8, 0.0])
    before = state.copy()
    for state.t in (0, 1, 2, 4, 5, 6, 99, 12_344, 10**7):
        state.update(np.zeros(4))
        np.testing.assert_array_equal(state.theta, before.theta)
        np.testing.assert_array_equal(state.slots, before.slots)


@pytest.mark.parametrize(
    ("name", "settings", "rests"),
    [
        ("adam", {}, True), ("adam", {"eps": 0.0}, False), ("adagrad", {"eps": 0.0}, False), ("adamw", {}, False),
        ("momentum", {}, True), ("schedule-free-sgd", {}, False), ("lamb", {}, False),
    ],
)  # fmt: skip
def test_what_is_known_to_rest(name, settings, rests):
    rule = find(name).rules[0]
    assert rule.rests({**rule.defaults, **settings}) == rests


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.rests(rule.defaults, forgotten=True)], ids=rule_id)
def test_nothing_moves_where_there_is_no_gradient_now(rule):
    state = State.start(rule, [0.3, -1e-9, 7e8, 0.0])
    state.update([1.0, -2.0, 1e-8, 3.0])
    before = state.copy()
    for state.t in (1, 2, 4, 5, 6, 99, 12_344, 10**7):
        state.update(np.zeros(4))
        np.testing.assert_array_equal(state.theta, before.theta)
        np.testing.assert_array_equal(state.slots, before.slots)

"""Faulty files: every fault with its line and column, in one pass, and never another exception."""

# ruff: noqa: E501 - messages are kept whole

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdtui.optimizers import find
from gdtui.scenario.read.load import ScenarioError, load_scenario, parse_scenario
from gdtui.simulation.schedules import KINDS

HEAD = 'format = 1\ntitle = "t"\n[objective]\nkind = "surface"\nname = "rosenbrock"\n'
LANE = '[lanes.a]\noptimizer = "adam"\n'  # lines 6 and 7
SHIPPED = sorted(Path("scenarios").glob("*.toml"))

#: The last of the settings that every first-order optimizer takes.
WRAPPERS = ", accumulate, sam_rho, lookahead, lookahead_alpha, average_from, average_decay"


def faults(text: str | bytes) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(data, Path("f.toml"))
    return [f"{fault.place.line}:{fault.place.column}: {fault.message}" for fault in caught.value.faults]


def script(*acts: str) -> str:
    return HEAD + LANE + "[script]\ndo = [\n" + "".join(f"  {act},\n" for act in acts) + "]\n"  # acts from line 10


WHOLE = {
    "empty": ("", ["1:1: 'format' is missing", "1:1: 'title' is missing", "1:1: 'objective' is missing",
                   "1:1: 'lanes' is missing"]),
    "a word": ("x", ["1:2: this is not TOML: expected '=' after a key in a key/value pair"]),
    "given twice": (HEAD + LANE + "lr = 1\nlr = 2\n", ["9:1: 'lr' is given twice (first in line 8)"]),
    "table twice": (HEAD + LANE + LANE, ["8:9: this is not TOML: cannot declare ('lanes', 'a') twice"]),
    "too deep": ("a = " + "[" * 2000, ["1:37: nested more than 32 deep"]),
    "too dotted": ("a." * 2000 + "a = 1", ["1:65: nested more than 32 deep"]),
    "not UTF-8": (b'format = 1\ntitle = "caf\xe9"\n', ["2:13: this is not UTF-8 (byte 0xE9)"]),
    "UTF-16": ("format = 1".encode("utf-16"), ["1:1: this is not UTF-8 (byte 0xFF)"]),
    "a huge number": ("format = " + "9" * 5000, ["1:10: this is not TOML: exceeds the limit (4300 digits) for integer "
                      "string conversion: value has 5000 digits; use sys.set_int_max_str_digits() to increase the limit"]),
    "another format": (HEAD.replace("1", "2") + LANE, ["1:10: this gdtui reads format = 1, not 2"]),
    "unknown keys": (
        HEAD.replace("[obj", 'sumary = "x"\nlimits = { update = 1 }\n[obj') + "nois = 1\n" + LANE + "[run]\nseeds = 1\n",
        ["3:1: unknown key 'sumary'; did you mean 'summary'?", "4:12: unknown key 'update'; did you mean 'updates'?",
         "8:1: unknown key 'nois'; did you mean 'noise'?", "12:1: unknown key 'seeds'; did you mean 'seed'?"]),
    "no lane": (HEAD + "[lanes]\n", ["6:2: there must be one lane or more: [lanes.NAME]"]),
    "no such surface": (HEAD.replace("rosenbrock", "rosenbrok") + LANE,
                        ["5:8: there is no surface 'rosenbrok'; did you mean 'rosenbrock'?"]),
    "no such kind": (HEAD.replace('"surface"', '"surfac"') + LANE,
                     ["4:8: kind is one of surface, expression, dataset, tape, not 'surfac'; did you mean 'surface'?"]),
    "no kind": (HEAD.replace('kind = "surface"\n', "") + LANE,
                ["3:2: 'kind' is missing (one of: surface, expression, dataset, tape)"]),
    "a formula": (
        HEAD.replace('"surface"', '"expression"').replace('name = "rosenbrock"', 'formula = "x^2 + sqr(y)"') + LANE,
        ["5:18: unknown name 'sqr', did you mean 'sqrt'?"]),
    "a start": (HEAD + "start = [1]\n" + LANE, ["6:9: rosenbrock has 2 parameters, start has 1"]),
    "not finite": (HEAD + "start = [nan, -inf]\nnoise = 1e999\n" + LANE,
                   ["6:10: numbers must be finite, not nan", "6:15: numbers must be finite, not -inf",
                    "7:9: numbers must be finite, not 1e999"]),
    "a tape's pattern": (HEAD.replace("surface", "tape").replace('name = "rosenbrock"', 'pattern = "impulze"') + LANE,
                         ["5:11: there is no pattern 'impulze'; did you mean 'impulse'?"]),
    "a tape of two kinds": (HEAD.replace("surface", "tape").replace("name", 'gradients = [[1.0]]\npattern') + LANE,
                            ["4:8: a tape has one of gradients, csv or pattern"]),
    "a tape's rows": (HEAD.replace("surface", "tape").replace('name = "rosenbrock"', "gradients = [[1.0], [1.0, 2.0]]") + LANE,
                      ["5:13: each row has as many numbers as there are parameters: row 1 has 1, row 2 2"]),
    "two names of data": (HEAD.replace("surface", "dataset") + 'csv = "x.csv"\n' + LANE,
                          ["5:8: a dataset has either a name or a csv"]),
    "a model": (HEAD.replace("surface", "dataset").replace("rosenbrock", "xor") + "model = { layers = [3, 1] }\n" + LANE,
                ["6:20: xor has 2 inputs, so layers begins with 2, not 3"]),
    "everything in a model": (
        HEAD.replace("surface", "dataset").replace("rosenbrock", "xor").replace("[obj", "[run]\nseed = -1\n[obj")
        + 'model = { layers = [2, 1], activation = "tahn", loss = "bcee", init = "xaveir" }\nvalidation = 0.99\n' + LANE,
        ["4:8: seed must be ≥ 0, not -1",
         "8:41: activation is one of identity, sigmoid, tanh, relu, leaky-relu, gelu, not 'tahn'; did you mean 'tanh'?",
         "8:56: loss is one of mse, mae, huber, bce, softmax, not 'bcee'; did you mean 'bce'?",
         "8:71: init is one of zeros, uniform, xavier, he, not 'xaveir'; did you mean 'xavier'?",
         "9:14: of 4 rows 4 would be held out: none would be left to train on"]),
    "a lane at fault, and what the script says of it": (
        HEAD.replace("rosen", "rosem") + LANE + 'sampling = "singel"\nlr = -1\n[script]\ndo = [\n'
        '  { expect = "a.los", eq = 1 }, { until = "a.velocty[0] < 1", max = 3 }, { set = "a.bta1", to = 1 },\n'
        '  { expect = "a.m_hat[7]", eq = 0 },\n]\n',
        ["5:8: there is no surface 'rosembrock'; did you mean 'rosenbrock'?",
         "8:12: sampling is \"full\", \"single\" or a batch size, not 'singel'; did you mean 'single'?",
         "9:6: lr must be ≥ 0, not -1.0", "12:17: a has no 'los'; did you mean 'loss'?",
         "12:46: a has no 'velocty'; did you mean 'velocity'?",
         "12:85: adam (paper) has no 'bta1' (it has: lr, beta1, beta2, eps, weight_decay, clip_value, clip_norm" + WRAPPERS + "); "
         "did you mean 'beta1'?"]),
    "a lane whose form is not known": (
        HEAD + LANE + 'momentm = 0.9\n[script]\ndo = [{ expect = "a.nothing", eq = 1 }]\n',
        ["8:1: adam (paper) has no 'momentm' (it has: lr, beta1, beta2, eps, weight_decay, clip_value, clip_norm" + WRAPPERS + ")"]),
    "an escape": (HEAD.replace('"t"', '"\\u001b]0;x"') + LANE,
                  ["2:9: text must not hold the control character U+001B"]),
    "an optimizer": (HEAD + LANE.replace("adam", "adm"),
                     ["7:13: there is no optimizer 'adm'; did you mean 'adam'?"]),
    "a dialect": (HEAD + LANE + 'dialect = "kears"\n',
                  [f"8:11: adam has no dialect 'kears' (it has: {', '.join(find('adam').dialects)}); did you mean 'keras'?"]),
    "types": (HEAD + LANE + 'lr = "x"\nbeta1 = true\nbeta2 = [1]\nsampling = 0\nstart = [1, "2"]\n',
              ["8:6: lr must be a number, not a string", "9:9: beta1 must be a number, not true",
               "10:9: beta2 must be a number, not an array", "11:12: a batch has at least 1 row, not 0",
               "12:13: this must be a number, not a string"]),
    "two lanes": (HEAD + LANE + "lr = -1\n" + '[lanes.b]\noptimizer = "gd"\nbeta = 0.9\n',
                  ["8:6: lr must be ≥ 0, not -1.0", "11:1: gd has no 'beta' (it has: lr, weight_decay, clip_value, clip_norm" + WRAPPERS + ")"]),
    "a lane's start": (HEAD + LANE + "start = [1, 2, 3]\n", ["8:9: rosenbrock has 2 parameters, start has 3"]),
    "a lane's name": (HEAD + LANE.replace("a]", "2]"),
                      ["6:8: a lane's name is a letter, then letters, digits, - or _ (at most 32), not '2'"]),
    "a stop": (HEAD + LANE + "stop = { los = 1, patience = 0 }\n",
               ["8:10: unknown key 'los'; did you mean 'loss'?", "8:30: patience must be ≥ 1, not 0"]),
    "a schedule's kind": (HEAD + LANE + 'schedule = { kind = "cosin", updates = 5 }\n',
                          [f"8:21: there is no schedule 'cosin' (there are: {', '.join(KINDS)}); did you mean 'cosine'?"]),
    "a schedule's setting": (HEAD + LANE + 'schedule = { kind = "cosine", updates = 5, flor = 0 }\n',
                             ["8:44: schedule cosine has no 'flor' (it has: updates, floor); did you mean 'floor'?"]),
    "a schedule's number": (HEAD + LANE + 'schedule = { kind = "cosine", updates = "5" }\n',
                            ["8:41: updates must be a number, not a string"]),
    "no layers": (HEAD.replace("surface", "dataset").replace("rosenbrock", "xor") + "model = { layers = [] }\n" + LANE,
                  ["6:20: layers has at least 2 numbers, not 0"]),
    "a sampling's keys": (
        HEAD + LANE + 'sampling = { batch = 0, shufle = "once", shuffle = "onc" }\n',
        ["8:22: a batch has at least 1 row, not 0",
         "8:25: sampling has no key 'shufle' (it has: batch, shuffle, drop_last); did you mean 'shuffle'?",
         "8:52: shuffle is one of each-epoch, once, none, with-replacement, not 'onc'; did you mean 'once'?"]),
}  # fmt: skip
#: Files in which one fault once hid another.
BESIDE = {
    "a surface's name, a key": (HEAD.replace("bro", "bru") + "nois = 1\n" + LANE,
                                ["5:8: there is no surface 'rosenbruck'; did you mean 'rosenbrock'?",
                                 "6:1: unknown key 'nois'; did you mean 'noise'?"]),
    "a formula, a key": (
        HEAD.replace('"surface"', '"expression"').replace('name = "rosenbrock"', 'formula = "sqr(x)"\nfoo = 1') + LANE,
        ["5:12: unknown name 'sqr', did you mean 'sqrt'?", "6:1: unknown key 'foo'"]),
    "layers, a key": (HEAD.replace("surface", "dataset").replace("rosenbrock", "xor") + "start = [1]\n"
                      "model = { layers = [3, 1], foo = 1 }\n" + LANE,
                      ["7:20: xor has 2 inputs, so layers begins with 2, not 3", "7:28: unknown key 'foo'"]),
    "a tape's key": (HEAD.replace("surface", "tape").replace('name = "rosenbrock"', 'gradients = [["x"]]\nfoo = 1') + LANE,
                     ["5:15: this must be a number, not a string", "6:1: unknown key 'foo'"]),
    "an optimizer, the rest of its lane": (
        HEAD + LANE.replace("adam", "adm") + 'sampling = "singel"\nschedule = { kind = "cosin", foo = 1 }\nstop = { los = 1 }\n',
        ["7:13: there is no optimizer 'adm'; did you mean 'adam'?",
         "8:12: sampling is \"full\", \"single\" or a batch size, not 'singel'; did you mean 'single'?",
         f"9:21: there is no schedule 'cosin' (there are: {', '.join(KINDS)}); did you mean 'cosine'?",
         "9:30: no schedule has 'foo'; did you mean 'floor'?", "10:10: unknown key 'los'; did you mean 'loss'?"]),
    "a dialect, settings that no dialect has or takes": (
        HEAD + LANE + 'dialect = "kears"\nlrr = 0.1\nbeta1 = 2.0\nnesterov = true\nbeta2 = 0.9\n',
        [f"8:11: adam has no dialect 'kears' (it has: {', '.join(find('adam').dialects)}); did you mean 'keras'?",
         "9:1: adam (keras) has no 'lrr' (it has: lr, beta1, beta2, eps, weight_decay, clip_value, clip_norm" + WRAPPERS + "); "
         "did you mean 'lr'?", "10:9: beta1 must be in [0, 1), not 2.0",
         "11:1: adam (keras) has no option 'nesterov'"]),
    "no optimizer, the rest of its lane": (
        HEAD + '[lanes.a]\nsampling = 0\nschedule = { kind = "cosine", updates = 5, foo = 1, bar = 2 }\n',
        ["6:8: 'optimizer' is missing", "7:12: a batch has at least 1 row, not 0",
         "8:44: schedule cosine has no 'foo' (it has: updates, floor); did you mean 'floor'?",
         "8:53: schedule cosine has no 'bar' (it has: updates, floor)"]),
    "the script's key, those of its acts": (
        script("{ say = 'x', bar = 1 }", "{ set = 'b.lr', to = 1, foo = 2 }", "{ expect = 'a.lss', lss = 1 }",
               "{ until = 'a.lss < 1' }").replace("[script]", "[script]\nbar = 1"),
        ["9:1: unknown key 'bar'", "11:16: unknown key 'bar'", "12:11: there is no lane 'b' at this point (there are: a)",
         "12:27: unknown key 'foo'", "13:17: a has no 'lss'; did you mean 'loss'?", "13:23: unknown key 'lss'",
         "14:3: 'max' is missing", "14:16: a has no 'lss'; did you mean 'loss'?"]),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_a_faulty_file_says_where_and_what(name: str) -> None:
    text, expected = WHOLE[name]
    assert faults(text) == expected


@pytest.mark.parametrize("name", BESIDE)
def test_no_fault_hides_another(name: str) -> None:
    text, expected = BESIDE[name]
    assert faults(text) == expected


STATUS = "a status is one of going, converged, diverged, ended"
ACTS = {
    "{ stepp = 1 }": "10:5: there is no verb 'stepp'; did you mean 'step'?",
    "{ step = 1, say = 'x' }": "10:15: one verb an act: this has 'step' and 'say'",
    "{}": "10:3: an empty act",
    "7": "10:3: an act is a table such as { step = 1 }, not a whole number",
    "{ step = 0 }": "10:12: step must be ≥ 1, not 0",
    "{ step = 1.0 }": "10:12: step must be a whole number, not a number with a point",
    "{ step = true }": "10:12: step must be a whole number, not true",
    "{ epoch = 1 }": "10:5: this objective has no data, so no epochs: use step",
    "{ until = 'a.loss < 1' }": "10:3: 'max' is missing",
    "{ until = 'a.loss < y', max = 1 }": "10:23: 'y' is not a number",
    "{ until = 'b.loss < 1', max = 1 }": "10:14: there is no lane 'b' at this point (there are: a)",
    "{ until = 'a.theta < 1', max = 1 }": "10:13: a.theta is a vector: name one coordinate, a.theta[0]",
    "{ until = 'a.status < 1', max = 1 }": "10:13: a.status is a word, not a number",
    "{ back = 'x' }": "10:12: there is no mark 'x' at this point (marks so far: none)",
    "{ back = 1.5 }": "10:12: back must be how many updates (1 or more), or the name of a mark",
    "{ set = 'a.lrr', to = 1 }": "10:14: adam (paper) has no 'lrr' (it has: lr, beta1, beta2, eps, weight_decay, "
    "clip_value, clip_norm" + WRAPPERS + "); did you mean 'lr'?",
    "{ set = 'a.lr', to = -1 }": "10:24: lr must be ≥ 0, not -1.0",
    "{ set = 'a.bias_correction', to = 1 }": "10:14: adam (paper) has no 'bias_correction' (it has: lr, beta1, beta2, "
    "eps, weight_decay, clip_value, clip_norm"
    + WRAPPERS
    + "); it is another form of the rule: choose it in the lane's own table",
    "{ set = 'a.bias_corection', to = 1 }": "10:14: adam (paper) has no 'bias_corection' (it has: lr, beta1, beta2, "
    "eps, weight_decay, clip_value, clip_norm" + WRAPPERS + "); did you mean 'bias_correction'?",
    "{ set = 'lr', to = 1 }": "10:11: set names LANE.SETTING, as in 'adam.lr', not 'lr'",
    "{ branch = 'b', as = 'c' }": "10:14: there is no lane 'b' at this point (there are: a)",
    "{ branch = 'a', as = 'a' }": "10:24: there is a lane 'a' already",
    "{ replace = 'b', optimizer = 'gd' }": "10:15: there is no lane 'b' at this point (there are: a)",
    "{ replace = 'a', optimizer = 'gd', start = [1] }": "10:46: rosenbrock has 2 parameters, start has 1",
    "{ rename = 'b', as = 'c' }": "10:14: there is no lane 'b' at this point (there are: a)",
    "{ move = 'a', to = 2 }": "10:22: the places of the lanes are 1 to 1",
    "{ mute = ['b'] }": "10:12: there is no lane 'b' at this point (there are: a)",
    "{ mute = ['a'] }": "10:12: one lane must be drawn",
    "{ seed = -1 }": "10:12: seed must be ≥ 0, not -1",
    "{ noise = -1.0 }": "10:13: noise must be ≥ 0.0, not -1.0",
    "{ remove = 'a' }": "10:14: 'a' is the last lane: one must stay",
    "{ add = 'b', optimizer = 'gd', lrr = 1 }": "10:34: gd has no 'lrr' (it has: lr, weight_decay, clip_value, "
    "clip_norm" + WRAPPERS + "); did you mean 'lr'?",
    "{ add = 'b', optimizer = 'gd', from = 'c' }": "10:41: there is no lane 'c' at this point (there are: a, b)",
    "{ add = 'b', optimizer = 'gd', from = 'a', start = [0, 0] }": "10:54: it starts where a is: leave out start or "
    "from",
    "{ add = 'b', optimizer = 'gd', at = -1 }": "10:39: at must be ≥ 0, not -1",
    "{ set = 'a.optimizer', to = 'gd' }": "10:11: the optimizer of a lane cannot be set: add a lane that has another",
    "{ set = 'a.sampling', to = 1 }": "10:11: the sampling of a lane cannot be set: add a lane that has another",
    "{ reset = 1 }": "10:13: reset must be true, not 1",
    "{ reset = false }": "10:13: reset must be true, not false",
    "{ expect = 'a.loss' }": "10:3: expect what? It needs one of: eq, ne, lt, le, gt, ge, near, is, trend",
    "{ expect = 'loss', eq = 1 }": "10:14: a quantity reads LANE.NAME or LANE.NAME[INDEX], not 'loss'",
    "{ expect = 'a.los', eq = 1 }": "10:17: a has no 'los'; did you mean 'loss'?",
    "{ expect = 'a.theta[2]', eq = 1 }": "10:22: there are 2 parameters, [0] to [1]",
    "{ expect = 'a.loss[0]', eq = 1 }": "10:17: loss is one number, it has no [0]",
    "{ expect = 'a.theta', near = [1, 2, 3], abs = 1 }": "10:32: a.theta has 2 numbers, this has 3",
    "{ expect = 'a.loss', near = [1], abs = 1 }": "10:31: a.loss is one number, this is an array",
    "{ expect = 'a.theta', near = [1, 2] }": "10:25: near needs abs or rel: how near?",
    "{ expect = 'a.loss', eq = 1, abs = 1 }": "10:32: abs belongs to near",
    "{ expect = 'a.loss', eq = 1, over = 3 }": "10:32: over belongs to trend",
    "{ expect = 'a.loss', eq = true }": "10:29: eq must be a number, an array of numbers, or a quantity such as 'adam.loss'",
    "{ expect = 'a.loss', is = 'infinite' }": "10:29: is must be 'finite', 'nan', 'inf', 'going', 'converged', "
    "'diverged' or 'ended', not 'infinite'; did you mean 'finite'?",
    "{ expect = 'a.status', eq = 'goin' }": f"10:31: {STATUS}; did you mean 'going'?",
    "{ expect = 'a.status', eq = 1 }": f"10:31: {STATUS}",
    "{ expect = 'a.status', lt = 'going' }": "10:26: a status is compared with eq or ne",
    "{ expect = 'a.loss', lt = 'a.theta' }": "10:29: a.loss and a.theta cannot be compared",
    "{ expect = 'a.velocity_angle', trend = 'falling' }": (
        "10:34: only a recorded number has a trend; a.velocity_angle is none"
    ),
    "{ expect = 'a.theta', trend = 'falling' }": "10:25: only a recorded number has a trend; a.theta is none",
    "{ press = [] }": "10:13: press must be a string or an array of strings",
    "{ screenshot = '../x' }": "10:18: screenshot is letters, digits, '.', '_' and '-' only (at most 64)",
    "{ wait = -1 }": "10:12: wait must be ≥ 0.0, not -1",
    "{ ask = 'x' }": "10:3: a question needs an answer (words, a number, one of its choices) or of",
}


@pytest.mark.parametrize("act", ACTS)
def test_a_faulty_act_says_where_and_what(act: str) -> None:
    assert faults(script(act)) == [ACTS[act]]


def test_all_faults_come_in_one_pass_in_the_order_of_the_file() -> None:
    text = script("{ stepp = 1 }", "{ step = 0 }", "{ expect = 'a.los', eq = 1 }").replace("title", "titel")
    assert [line.split(": ")[0] for line in faults(text)] == ["1:1", "2:1", "10:5", "11:12", "12:17"]


def test_a_fault_is_shown_with_its_line_and_a_caret() -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(script("{ say = '漢字', step = 0 }").replace("step = 0", "stp = 0").encode(), Path("f.toml"))
    assert str(caught.value).split("\n") == [
        "f.toml:10:17: error: unknown key 'stp'",
        "    { say = '漢字', stp = 0 },",
        "                    ^",
    ]


def test_lanes_and_marks_that_acts_make_are_known_after_them() -> None:
    text = script(
        "{ branch = 'a', as = 'b' }", "{ add = 'c', optimizer = 'gd' }", "{ mark = 'm' }", "{ remove = 'a' }",
        "{ expect = 'b.m_hat', is = 'finite' }", "{ set = 'c.lr', to = 1 }", "{ back = 'm' }",
    )  # fmt: skip
    assert len(parse_scenario(text.encode()).acts) == 7
    assert faults(script("{ branch = 'a', as = 'b' }", "{ remove = 'a' }", "{ set = 'a.lr', to = 1 }"))[0].startswith(
        "12:11"
    )


def test_a_bom_and_windows_line_ends_change_nothing() -> None:
    plain = parse_scenario(script("{ step = 1 }").encode())
    windows = parse_scenario(b"\xef\xbb\xbf" + script("{ step = 1 }").replace("\n", "\r\n").encode())
    assert plain == windows
    assert faults(b"\xef\xbb\xbf" + script("{ step = 0 }").replace("\n", "\r\n").encode()) == [
        "10:12: step must be ≥ 1, not 0"
    ]


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "huge.toml").write_bytes(b"#" * (2**20 + 1))
    for name, message in (("", "directory"), ("pipe", "regular"), ("huge.toml", "1024 KiB")):
        with pytest.raises(ScenarioError, match=message):
            load_scenario(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        load_scenario(tmp_path / "none.toml")


@pytest.mark.parametrize("path", SHIPPED, ids=str)
def test_shipped_scenarios_are_clean(path: Path) -> None:
    scenario = load_scenario(path)
    assert scenario.summary
    assert sum(act.verb.asserts for act in scenario.acts) >= 3
    assert any(act.verb.name == "say" for act in scenario.acts)


def outcome(data: bytes) -> None:
    try:
        parse_scenario(data)
    except ScenarioError as error:
        assert error.faults
        assert all(fault.place.line >= 1 and fault.place.column >= 1 for fault in error.faults)
        assert str(error)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_load_or_give_faults(data: bytes) -> None:
    outcome(data)


PIECES = [b'"', b"'", b"[", b"]", b"{", b"}", b"=", b",", b"\n", b"#", b"1e999", b"nan", b"-1", b"true", b"[[", b"a.b",
          b"\\", b"\x1b", b"\xff", b"\xc3\xa9", b'"""', b"0", b"2024-01-01", b"99999999999999999999", b"{ }", b"[[x]]\n",
          b"lanes", b"objective", b"adam", b".theta[99999999999999999999]", b'"x"', b"[script]\n", b"\0"]  # fmt: skip


def check_mutant(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(SHIPPED)).read_bytes()
    for _change in range(data.draw(st.integers(1, 4))):
        begin = data.draw(st.integers(0, len(text)))
        end = min(len(text), begin + data.draw(st.integers(0, 12)))
        text = text[:begin] + data.draw(st.sampled_from(PIECES) | st.just(b"")) + text[end:]
    outcome(text)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_mutated_scenario_loads_or_gives_faults(data: st.DataObject) -> None:
    check_mutant(data)


@pytest.mark.slow
@settings(max_examples=6000, deadline=None)
@given(st.data())
def test_thousands_of_mutated_scenarios_load_or_give_faults(data: st.DataObject) -> None:
    check_mutant(data)


def test_a_lane_may_have_a_schedule_and_a_stop() -> None:
    lane = 'schedule = { kind = "step", every = 10 }\nstop = { loss = 1e-3, updates = 50 }\nclip_norm = 1.0\n'
    read = parse_scenario((HEAD + LANE + lane).encode()).experiment.lanes[0]
    assert (read.schedule.kind, read.schedule.settings) == ("step", {"every": 10.0})
    assert (read.stop.loss, read.stop.updates, read.settings["clip_norm"]) == (1e-3, 50, 1.0)


@pytest.mark.parametrize(
    ("sampling", "objective", "message"),
    [
        ("20", 'kind = "surface"\nname = "sphere"', "sphere has neither rows nor noise to sample"),
        ('"single"', 'kind = "tape"\npattern = "constant"', "constant has neither rows nor noise"),
        ("101", 'kind = "dataset"\nname = "linear-4-3"', "linear-4-3 trains on 100 rows, a batch cannot have 101"),
        ("100", 'kind = "dataset"\nname = "linear-4-3"', ""),
        ("20", 'kind = "surface"\nname = "sphere"\nnoise = 1.0', ""),
        ('"full"', 'kind = "surface"\nname = "sphere"', ""),
    ],
)
def test_a_sampling_without_effect_is_noted_and_the_file_can_be_used(
    sampling: str, objective: str, message: str
) -> None:
    lane = f'[lanes.a]\noptimizer = "gd"\nsampling = {sampling}\n'
    add = f'{{ add = "b", optimizer = "gd", sampling = {sampling} }}'
    text = f'format = 1\ntitle = "t"\n[objective]\n{objective}\n{lane}[script]\ndo = [{add}]\n'
    notes = parse_scenario(text.encode(), Path("t.toml")).notes
    assert len(notes) == (2 if message else 0)
    assert all(f": note: {message}" in note for note in notes)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        ('{ expect = "a.val_loss", lt = 1 }', "sphere holds out no rows, so there is no val_loss"),
        ('{ until = "a.val_loss < 1", max = 5 }', "sphere holds out no rows, so there is no val_loss"),
        ('{ expect = "a.val_accuracy", gt = 0.5 }', "sphere holds out no rows, so there is no val_accuracy"),
        ('{ expect = "a.accuracy", gt = 0.5 }', "sphere has no classes, so there is no accuracy"),
    ],
)
def test_a_quantity_that_is_never_a_number_is_a_fault(act: str, message: str) -> None:
    text = f'format = 1\ntitle = "t"\n[objective]\nkind = "surface"\nname = "sphere"\n{LANE}[script]\ndo = [{act}]\n'
    with pytest.raises(ScenarioError, match=message):
        parse_scenario(text.encode(), Path("t.toml"))

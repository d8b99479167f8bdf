"""The keys of the bench as data: a list of them needs no screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gdtui.text import N_, _

#: What actions are called in the user's configuration, where that is not their own name. A name never changes.
NAMES = {
    "next": "step", "previous": "back", "speed(1)": "faster", "speed(-1)": "slower", "reset": "start", "leave": "quit",
    "library": "lessons", "app.suspend_process": "suspend", "app.redraw": "redraw",
    "app.restore": "restore",
    "turn('chart', 1)": "chart", "turn('chart', -1)": "chart-before", "turn('view', 1)": "view",
    "turn('coordinate', 1)": "coordinate", "turn('coordinate', -1)": "coordinate-before",
    "turn('network', 1)": "network", "turn('sample', 1)": "sample", "turn('sample', -1)": "sample-before",
    "turn('lane', -1)": "lane-above", "turn('lane', 1)": "lane-below", "turn('scale', 1)": "scale",
    "turn('x_axis', 1)": "x-axis", "turn('picture', 1)": "picture",
    "turn('zoom', 1)": "map-nearer", "turn('zoom', -1)": "map-farther",
    "turn('across', -1)": "map-left", "turn('across', 1)": "map-right", "turn('up', 1)": "map-up",
    "turn('up', -1)": "map-down", "turn('follow', 1)": "map-follow", "turn('whole_map', 1)": "map-whole",
    "turn('future', 1)": "future",
    "turn('farther', 1)": "farther",
    "turn('seeds', 1)": "luck",
    "turn('cursor', 1)": "cursor",
    "along(1)": "forward-one", "along(-1)": "back-one", "along(10)": "forward-ten", "along(-10)": "back-ten",
    "turn('span', 1)": "time-narrower", "turn('span', -1)": "time-wider", "turn('time', 1)": "time-later",
    "turn('time', -1)": "time-earlier", "turn('all_time', 1)": "time-all", "turn('full', 1)": "full-chart",
    "lesson(1)": "next-lesson", "lesson(-1)": "previous-lesson",
    "turn('bare', 1)": "panels",
    "menu('lane')": "lane-menu", "menu('time')": "time-menu",
    "turn('map_setting', 1)": "map-setting",
    "turn('knob', 1)": "knob", "knob(1.1)": "knob-more", "knob(-1.1)": "knob-less", "knob(2.0)": "knob-double",
    "knob(-2.0)": "knob-halve",
}  # fmt: skip

#: What keys are called on a keyboard, where that is not their own name.
LABELS = {
    "space": N_("space"), "plus": "+", "equals_sign": "=", "minus": "−", "question_mark": "?", "full_stop": ".",
    "right_square_bracket": "]", "left_square_bracket": "[", "right_curly_bracket": "}", "left_curly_bracket": "{",
    "comma": ",", "pagedown": "PgDn", "pageup": "PgUp", "up": "↑", "down": "↓", "left": "←", "right": "→",
    "less_than_sign": "<", "greater_than_sign": ">",
    "escape": "Esc", "backspace": "⌫", "delete": "Del", "home": "Home", "end": "End", "enter": "Enter",
}  # fmt: skip


@dataclass(frozen=True)
class Key:
    """Keys of an action, separated by commas, its `label` in the footer ("" for none) and its `help` in lists.

    The help names other actions' keys by {their names}, as they are in the user's configuration. `shown` is what the
    footer calls the key; a key of `priority` is the action's wherever the focus is.
    """

    keys: str
    action: str
    label: str
    help: str
    shown: str = ""
    priority: bool = False

    @property
    def id(self) -> str:
        """What the action is called in the user's configuration."""
        return f"bench.{NAMES.get(self.action, self.action).replace('_', '-')}"


#: The most important first: the footer shows as many as fit.
KEYS = [
    Key("space", "next", N_("step"), N_("make one update on every lane; in a lesson, go on"), priority=True),
    Key("b", "previous", N_("back"), N_("take one update back, to the last bit; in a lesson, one page")),
    Key(
        "backspace",
        "script",
        N_("to the script"),
        N_("in a lesson: back from a detour to the page where it began"),
        shown="⌫",
    ),
    Key("right", "along(1)", "", N_("one update, in a lesson too; with the cursor ({cursor}), that one update later")),
    Key(
        "left",
        "along(-1)",
        "",
        N_("one update back, in a lesson too; with the cursor ({cursor}), that one update earlier"),
    ),
    Key("r", "run", N_("run"), N_("run, or pause")),
    Key("question_mark", "help", N_("help"), N_("what every key does and every word means"), shown="?"),
    Key("q", "leave", N_("quit"), N_("leave; the terminal is as it was"), shown="q"),
    Key("L", "library", N_("lessons"), N_("open a lesson from the library")),
    Key("tab", "lesson(1)", "", N_("the next lesson of the course")),
    Key("shift+tab", "lesson(-1)", "", N_("the lesson before, in the course")),
    Key("J", "pages", "", N_("the pages of the lesson: jump to one")),
    Key("K", "caption", "", N_("close the words of the lesson, or show them again")),
    Key("H", "turn('bare', 1)", "", N_("only picture and charts, without lanes and rule; and back")),
    Key("B", "black", "", N_("a black screen, until the next key")),
    Key("o", "objective", N_("objective"), N_("choose a surface or a dataset, or type a formula")),
    Key("a", "add", N_("add"), N_("put another optimizer on the bench")),
    Key("e", "menu('lane')", N_("lane"), N_("menu of the lane: dialect, sampling, start, copy, mute, seed …")),
    Key("enter", "edit", N_("edit"), N_("change settings of the selected lane"), shown="⏎"),
    Key("c", "turn('chart', 1)", N_("chart"), N_("turn to the next charts")),
    Key("v", "turn('view', 1)", N_("view"), N_("lanes over one another, or side by side in columns")),
    Key(
        "x",
        "turn('coordinate', 1)",
        N_("coord"),
        N_("norms, then one coordinate after the other; in a network, the next unit"),
    ),
    Key("s", "save", N_("save"), N_("save what was done as a scenario that can be replayed")),
    Key("n", "turn('network', 1)", "", N_("inside the network: every layer forwards and backwards for one sample")),
    Key("full_stop", "turn('sample', 1)", "", N_("inside the network: the next sample")),
    Key("comma", "turn('sample', -1)", "", N_("inside the network: the sample before")),
    Key("plus,equals_sign", "speed(1)", "", N_("run faster"), shown="+"),
    Key("minus", "speed(-1)", "", N_("run slower"), shown="−"),
    Key(
        "pagedown",
        "along(10)",
        "",
        N_("ten updates; with the cursor ({cursor}), ten updates later; in a lesson, a page"),
    ),
    Key(
        "pageup",
        "along(-10)",
        "",
        N_("ten updates back; with the cursor ({cursor}), ten updates earlier; in a lesson, a page back"),
    ),
    Key("g", "menu('time')", "", N_("menu of updates and marks: go to one, run until …, set a mark")),
    Key("home", "reset", "", N_("every lane back to its start")),
    Key("end", "furthest", "", N_("the last update that has ever been made here, after going back")),
    Key("escape", "stop", "", N_("stop whatever runs")),
    Key("up,k", "turn('lane', -1)", "", N_("select the lane above")),
    Key("down,j", "turn('lane', 1)", "", N_("select the lane below")),
    Key("delete,d", "remove", "", N_("take the selected lane away")),
    Key("right_square_bracket", "knob(1.1)", "", N_("the learning rate (or what {knob} has chosen) × 1.1"), shown="]"),
    Key("left_square_bracket", "knob(-1.1)", "", N_("the learning rate (or what {knob} has chosen) ÷ 1.1"), shown="["),
    Key("right_curly_bracket", "knob(2.0)", "", N_("the learning rate (or what {knob} has chosen) × 2"), shown="}"),
    Key("left_curly_bracket", "knob(-2.0)", "", N_("the learning rate (or what {knob} has chosen) ÷ 2"), shown="{"),
    Key("y", "rates", "", N_("each lane at its best learning rate, all after the same updates")),
    Key("h", "turn('knob', 1)", "", N_("choose the next setting for the keys that multiply")),
    Key(
        "U",
        "turn('map_setting', 1)",
        "",
        N_("the map over two settings: another one across ({knob}: up)"),
    ),
    Key("f", "turn('future', 1)", "", N_("the next updates of every lane, and others that it could have")),
    Key("V", "turn('farther', 1)", "", N_("how many of the next updates: 50, 200 or 1000")),
    Key(
        "S",
        "turn('seeds', 1)",
        "",
        N_("is it luck? the selected lane with eight other seeds: 10 % to 90 %, and median"),
    ),
    Key("ctrl+z", "undo", "", N_("undo: a lane, a setting, the objective, a lesson, the way home"), shown="^z"),
    Key("ctrl+y", "redo", "", N_("do again what was undone"), shown="^y"),
    Key("R", "app.restore", "", N_("put back what was on the bench of a program that was killed")),
    Key("Z", "app.suspend_process", "", N_("stop, back to the shell; fg comes back")),
    Key("ctrl+l", "app.redraw", "", N_("draw the whole screen again: another program wrote on it"), shown="^l"),
    Key("l", "turn('scale', 1)", "", N_("logarithmic or linear")),
    Key("u", "turn('x_axis', 1)", "", N_("count updates, epochs, samples or evaluations")),
    Key("m", "turn('picture', 1)", "", N_("the next picture: its loss, data, parameters; maps of many runs at once")),
    Key("i", "turn('zoom', 1)", "", N_("the map: nearer")),
    Key("I", "turn('zoom', -1)", "", N_("the map: farther away")),
    Key("shift+left", "turn('across', -1)", "", N_("the map: to the left")),
    Key("shift+right", "turn('across', 1)", "", N_("the map: to the right")),
    Key("shift+up", "turn('up', 1)", "", N_("the map: up")),
    Key("shift+down", "turn('up', -1)", "", N_("the map: down")),
    Key("M", "point", "", N_("point at the map: arrows say what is there, enter starts a lane or adds that run")),
    Key("F", "turn('follow', 1)", "", N_("the map follows the selected lane, or stays")),
    Key("0", "turn('whole_map', 1)", "", N_("the map: the whole domain")),
    Key(
        "t",
        "turn('cursor', 1)",
        "",
        N_("a cursor in the charts that reads all lanes at one update; {back-one} {forward-one} move it"),
    ),
    Key("w", "turn('span', 1)", "", N_("the charts show half as many updates, around the cursor if there is one")),
    Key("W", "turn('span', -1)", "", N_("the charts show twice as many updates")),
    Key("less_than_sign", "turn('time', -1)", "", N_("the charts show earlier updates"), shown="<"),
    Key("greater_than_sign", "turn('time', 1)", "", N_("the charts show later updates"), shown=">"),
    Key("T", "turn('all_time', 1)", "", N_("the charts show all updates again")),
    Key("z", "turn('full', 1)", "", N_("the first chart on the whole screen, and back")),
    Key("C", "turn('chart', -1)", "", N_("turn the charts back")),
    Key("X", "turn('coordinate', -1)", "", N_("the coordinate before")),
    Key("A", "quiz", "", N_("a quiz of ten questions: of the lessons, and new ones")),
    Key("Q", "questions", "", N_("questions of a lesson wait for an answer, or {step} reveals it")),
]


def default_keys() -> dict[str, str]:
    """Return the keys of every action, separated by commas, by the action's id."""
    return {key.id: key.keys for key in KEYS}


def key_name(key: str) -> str:
    """Return a key as it is labelled on a keyboard."""
    modifier, plus, name = key.rpartition("+")
    label = LABELS.get(name, name)
    return f"{modifier.capitalize()}{plus}{_(label)}"


def names_of(keys: Mapping[str, str]) -> dict[str, str]:
    """Return the label of the first key of each action by the action's name in the configuration, for sentences."""
    return {name.partition(".")[2]: key_name(of.split(",")[0]) for name, of in keys.items()}

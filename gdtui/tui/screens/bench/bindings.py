"""The keys of the bench, the most important first: the footer shows as many as fit."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from gdtui.text import N_

#: What actions are called in the user's configuration, where that is not their own name. A name never changes.
NAMES = {
    "next": "step", "previous": "back", "speed(1)": "faster", "speed(-1)": "slower", "reset": "start", "leave": "quit",
    "library": "lessons", "app.suspend_process": "suspend", "app.redraw": "redraw",
    "turn('chart', 1)": "chart", "turn('chart', -1)": "chart-before", "turn('view', 1)": "view",
    "turn('coordinate', 1)": "coordinate", "turn('coordinate', -1)": "coordinate-before",
    "turn('network', 1)": "network", "turn('sample', 1)": "sample", "turn('sample', -1)": "sample-before",
    "turn('lane', -1)": "lane-above", "turn('lane', 1)": "lane-below", "turn('scale', 1)": "scale",
    "turn('x_axis', 1)": "x-axis", "turn('picture', 1)": "picture",
    "turn('zoom', 1)": "map-nearer", "turn('zoom', -1)": "map-farther",
    "turn('across', -1)": "map-left", "turn('across', 1)": "map-right", "turn('up', 1)": "map-up",
    "turn('up', -1)": "map-down", "turn('follow', 1)": "map-follow", "turn('whole_map', 1)": "map-whole",
    "turn('future', 1)": "future",
    "turn('cursor', 1)": "cursor",
    "along(1)": "forward-one", "along(-1)": "back-one", "along(10)": "forward-ten", "along(-10)": "back-ten",
    "turn('span', 1)": "time-narrower", "turn('span', -1)": "time-wider", "turn('time', 1)": "time-later",
    "turn('time', -1)": "time-earlier", "turn('all_time', 1)": "time-all", "turn('full', 1)": "full-chart",
    "lesson(1)": "next-lesson", "lesson(-1)": "previous-lesson",
    "turn('bare', 1)": "panels",
    "menu('lane')": "lane-menu", "menu('time')": "time-menu",
    "turn('knob', 1)": "knob", "knob(1.1)": "knob-more", "knob(-1.1)": "knob-less", "knob(2.0)": "knob-double",
    "knob(-2.0)": "knob-halve",
}  # fmt: skip


def _key(keys: str, action: str, label: str, help_: str, *, shown: str = "", priority: bool = False) -> Binding:
    """Return a binding: `label` in the footer ("" for none), `help_` in the list of keys and the palette."""
    return Binding(
        keys, action, label or help_, show=bool(label), key_display=shown or None, priority=priority,
        tooltip=help_, id=f"bench.{NAMES.get(action, action).replace('_', '-')}",
    )  # fmt: skip


BINDINGS: list[BindingType] = [
    _key("space", "next", N_("step"), N_("make one update on every lane; in a lesson, go on"), priority=True),
    _key("b", "previous", N_("back"), N_("take one update back, to the last bit; in a lesson, one page")),
    _key(
        "backspace",
        "script",
        N_("to the script"),
        N_("in a lesson: back from a detour to the page where it began"),
        shown="⌫",
    ),
    _key("right", "along(1)", "", N_("one update, in a lesson too; with the cursor of t, that one update later")),
    _key(
        "left", "along(-1)", "", N_("one update back, in a lesson too; with the cursor of t, that one update earlier")
    ),
    _key("r", "run", N_("run"), N_("run, or pause")),
    _key("question_mark", "help", N_("help"), N_("what every key does and every word means"), shown="?"),
    _key("q", "leave", N_("quit"), N_("leave; the terminal is as it was"), shown="q"),
    _key("L", "library", N_("lessons"), N_("open a lesson from the library")),
    _key("tab", "lesson(1)", "", N_("the next lesson of the course")),
    _key("shift+tab", "lesson(-1)", "", N_("the lesson before, in the course")),
    _key("J", "pages", "", N_("the pages of the lesson: jump to one")),
    _key("K", "caption", "", N_("close the words of the lesson, or show them again")),
    _key("H", "turn('bare', 1)", "", N_("only picture and charts, without lanes and rule; and back")),
    _key("B", "black", "", N_("a black screen, until the next key")),
    _key("o", "objective", N_("objective"), N_("choose a surface or a dataset, or type a formula")),
    _key("a", "add", N_("add"), N_("put another optimizer on the bench")),
    _key("e", "menu('lane')", N_("lane"), N_("menu of the lane: dialect, sampling, start, copy, mute, seed …")),
    _key("enter", "edit", N_("edit"), N_("change settings of the selected lane"), shown="⏎"),
    _key("c", "turn('chart', 1)", N_("chart"), N_("turn to the next charts")),
    _key("v", "turn('view', 1)", N_("view"), N_("lanes over one another, or side by side in columns")),
    _key(
        "x",
        "turn('coordinate', 1)",
        N_("coord"),
        N_("norms, then one coordinate after the other; in a network, the next unit"),
    ),
    _key("s", "save", N_("save"), N_("save what was done as a scenario that can be replayed")),
    _key("n", "turn('network', 1)", "", N_("inside the network: every layer forwards and backwards for one sample")),
    _key("full_stop", "turn('sample', 1)", "", N_("inside the network: the next sample")),
    _key("comma", "turn('sample', -1)", "", N_("inside the network: the sample before")),
    _key("plus,equals_sign", "speed(1)", "", N_("run faster"), shown="+"),
    _key("minus", "speed(-1)", "", N_("run slower"), shown="−"),
    _key("pagedown", "along(10)", "", N_("ten updates; with the cursor of t, ten updates later; in a lesson, a page")),
    _key(
        "pageup",
        "along(-10)",
        "",
        N_("ten updates back; with the cursor of t, ten updates earlier; in a lesson, a page back"),
    ),
    _key("g", "menu('time')", "", N_("menu of updates and marks: go to one, run until …, set a mark")),
    _key("home", "reset", "", N_("every lane back to its start")),
    _key("end", "furthest", "", N_("the last update that has ever been made here, after going back")),
    _key("escape", "stop", "", N_("stop whatever runs")),
    _key("up,k", "turn('lane', -1)", "", N_("select the lane above")),
    _key("down,j", "turn('lane', 1)", "", N_("select the lane below")),
    _key("delete,d", "remove", "", N_("take the selected lane away")),
    _key("right_square_bracket", "knob(1.1)", "", N_("the learning rate (or what h has chosen) × 1.1"), shown="]"),
    _key("left_square_bracket", "knob(-1.1)", "", N_("the learning rate (or what h has chosen) ÷ 1.1"), shown="["),
    _key("right_curly_bracket", "knob(2.0)", "", N_("the learning rate (or what h has chosen) × 2"), shown="}"),
    _key("left_curly_bracket", "knob(-2.0)", "", N_("the learning rate (or what h has chosen) ÷ 2"), shown="{"),
    _key("y", "rates", "", N_("learning rates that suit this objective, from short runs")),
    _key("h", "turn('knob', 1)", "", N_("choose the next setting for the keys that multiply")),
    _key("f", "turn('future', 1)", "", N_("the next 50 updates of the selected lane, and others that it could have")),
    _key("ctrl+z", "undo", "", N_("undo: a lane, a setting, the objective, a lesson, the way home"), shown="^z"),
    _key("ctrl+y", "redo", "", N_("do again what was undone"), shown="^y"),
    _key("Z", "app.suspend_process", "", N_("stop, back to the shell; fg comes back")),
    _key("ctrl+l", "app.redraw", "", N_("draw the whole screen again: another program wrote on it"), shown="^l"),
    _key("l", "turn('scale', 1)", "", N_("logarithmic or linear")),
    _key("u", "turn('x_axis', 1)", "", N_("count updates, epochs, samples or evaluations")),
    _key("m", "turn('picture', 1)", "", N_("the next picture: its loss, data, parameters; maps of many runs at once")),
    _key("i", "turn('zoom', 1)", "", N_("the map: nearer")),
    _key("I", "turn('zoom', -1)", "", N_("the map: farther away")),
    _key("shift+left", "turn('across', -1)", "", N_("the map: to the left")),
    _key("shift+right", "turn('across', 1)", "", N_("the map: to the right")),
    _key("shift+up", "turn('up', 1)", "", N_("the map: up")),
    _key("shift+down", "turn('up', -1)", "", N_("the map: down")),
    _key("M", "point", "", N_("point at the map: arrows say what is there, enter starts a lane or adds that run")),
    _key("F", "turn('follow', 1)", "", N_("the map follows the selected lane, or stays")),
    _key("0", "turn('whole_map', 1)", "", N_("the map: the whole domain")),
    _key("t", "turn('cursor', 1)", "", N_("a cursor in the charts that reads all lanes at one update; ← → move it")),
    _key("w", "turn('span', 1)", "", N_("the charts show half as many updates, around the cursor if there is one")),
    _key("W", "turn('span', -1)", "", N_("the charts show twice as many updates")),
    _key("less_than_sign", "turn('time', -1)", "", N_("the charts show earlier updates"), shown="<"),
    _key("greater_than_sign", "turn('time', 1)", "", N_("the charts show later updates"), shown=">"),
    _key("T", "turn('all_time', 1)", "", N_("the charts show all updates again")),
    _key("z", "turn('full', 1)", "", N_("the first chart on the whole screen, and back")),
    _key("C", "turn('chart', -1)", "", N_("turn the charts back")),
    _key("X", "turn('coordinate', -1)", "", N_("the coordinate before")),
    _key("A", "quiz", "", N_("a quiz of ten questions: of the lessons, and new ones")),
    _key("Q", "questions", "", N_("questions of a lesson wait for an answer, or space reveals it")),
]


def default_keys() -> dict[str, str]:
    """Return the keys of every action, separated by commas, by the action's id."""
    return {binding.id or "": binding.key for binding in BINDINGS if isinstance(binding, Binding)}

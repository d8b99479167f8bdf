"""From `[script] do = […]` to acts: every lane, mark and quantity is checked to exist at that point.

Nothing is run for that: the reader follows which lanes and marks there are as acts add and take them away.
"""

from __future__ import annotations

from gdtui.errors import ParameterError, QuantityError
from gdtui.optimizers import find
from gdtui.scenario.read import model
from gdtui.scenario.read.acts import Act
from gdtui.scenario.read.expectations import read_expectation
from gdtui.scenario.read.faults import Source
from gdtui.scenario.read.positions import Path
from gdtui.scenario.read.sections import kind_of, lane_of, read_sound
from gdtui.scenario.read.stage import Checker, Stage, check_fits, check_start
from gdtui.session import Command
from gdtui.session.quantities import parse_condition, parse_quantity
from gdtui.simulation.experiment import LANE_NAME, Lane
from gdtui.text import _, did_you_mean
from gdtui.verbs import Add, Back, Branch, Epoch, Mark, Remove, Reset, Say, Set, Step, Until
from gdtui.view.charts import KINDS, Show

#: No more lanes than an experiment takes.
MOST_LANES = 16
#: Verbs after which there are the same names as before, even if they are at fault.
_HARMLESS = frozenset(model.VERBS) - {"mark", "branch", "add", "reset"}
#: What a lane is given once, in its own table.
_FIXED = ("optimizer", "dialect", "sampling", "start", "schedule", "stop", "stream")


def read_script(source: Source, data: object, stage: Stage) -> tuple[Act, ...]:
    """Return the acts; faults are noted in `source`."""
    if data is None:
        return ()
    table, _whole = read_sound(source, ("script",), model.ScriptTable, data)
    if table is None:
        return ()
    acts = []
    for number, item in enumerate(table.do):
        path: Path = ("script", "do", number)
        act = _Reader(source, path, stage).read(item)
        if act is not None and not source.faulty(path):
            acts.append(act)
        elif not isinstance(item, dict) or len(item.keys() & _HARMLESS) != 1:
            stage.loose = True
    return tuple(acts)


class _Reader(Checker):
    """Reads one act."""

    def read(self, item: object) -> Act | None:
        verb = self._verb(item)
        if verb is None or not isinstance(item, dict) or not self._allowed(verb, item):
            return None
        table, whole = read_sound(self.source, self.path, model.VERBS[verb], item)
        if table is None:
            if verb == "until" and isinstance(item[verb], str):
                self._condition(item[verb])
            return None
        place = self.source.place(self.source.offset(self.path))
        text = self.source.written(self.path)
        match table:
            case model.ExpectAct():
                return Act(verb, place, text, expectation=read_expectation(self, table, whole=whole))
            case model.AskAct():
                return Act(verb, place, text, Say(table.ask), given=table.answer)
            case model.ShowAct():
                return Act(verb, place, text, given=self._show(table))
            case model.WaitAct():
                return Act(verb, place, text, given=table.wait)
            case model.PressAct():
                return Act(verb, place, text, given=table.press)
            case model.ResizeAct():
                return Act(verb, place, text, given=(table.resize[0], table.resize[1]))
            case model.ScreenshotAct():
                return Act(verb, place, text, given=table.screenshot)
            case model.ExpectScreenAct():
                return Act(verb, place, text, given=table.expect_screen)
        command = self._command(table)
        return None if command is None else Act(verb, place, text, command)

    def _verb(self, item: object) -> str | None:
        if not isinstance(item, dict):
            self.source.add(self.path, _("an act is a table such as {{ step = 1 }}, not {}").format(kind_of(item)))
            return None
        found = [key for key in item if key in model.VERBS]
        if len(found) == 1:
            return str(found[0])
        if found:
            message = _("one verb an act: this has {}").format(_(" and ").join(map(repr, found)))
            self.fault(found[1], message, key=True)
        elif item:
            first = next(iter(item))
            hint = did_you_mean(first, list(model.VERBS)) or _(" (verbs: {})").format(", ".join(model.VERBS))
            self.fault(first, _("there is no verb {!r}").format(first) + hint, key=True)
        else:
            self.source.add(self.path, _("an empty act"))
        return None

    def _allowed(self, verb: str, item: dict[str, object]) -> bool:
        """Note what a table of the right types can still not mean; say whether the act is to be read further."""
        if verb == "reset" and isinstance(item["reset"], int) and not isinstance(item["reset"], bool):
            self.fault("reset", _("reset must be true, not {}").format(item["reset"]))
        name = str(item["set"]).rpartition(".")[2] if verb == "set" else ""
        if name in _FIXED:
            self.fault("set", _("the {} of a lane cannot be set: add a lane that has another").format(name))
        return name not in _FIXED

    # -- commands -------------------------------------------------------------------------------

    def _command(self, table: model.Table) -> Command | None:
        match table:
            case model.StepAct():
                return Step(table.step)
            case model.EpochAct():
                if not self.stage.has_data and self.stage.dimension is not None:
                    self.fault("epoch", _("this objective has no data, so no epochs: use step"), key=True)
                return Epoch(table.epoch)
            case model.BackAct():
                return self._back(table.back)
            case model.MarkAct():
                self.stage.marks.append(table.mark)
                return Mark(table.mark)
            case model.SetAct():
                return self._set(table)
            case model.BranchAct():
                return self._branch(table)
            case model.AddAct():
                return self._add(table)
            case model.RemoveAct():
                return self._remove(table)
            case model.ResetAct():
                self.stage.marks.clear()
                return Reset()
            case model.UntilAct():
                self._condition(table.until)
                return Until(table.until, table.max)
            case model.SayAct():
                return Say(table.say)
        raise TypeError(f"no command for {type(table).__name__}")

    def _back(self, to: int | str) -> Back:
        if isinstance(to, str) and to not in self.stage.marks and not self.stage.loose:
            known = ", ".join(self.stage.marks) or _("none")
            hint = did_you_mean(to, self.stage.marks) or _(" (marks so far: {})").format(known)
            self.fault("back", _("there is no mark {!r} at this point").format(to) + hint)
        return Back(to)

    def _new_name(self, key: str, name: str) -> None:
        if not LANE_NAME.fullmatch(name):
            self.fault(key, _("a lane's name is a letter, then letters, digits, - or _ (at most 32)"))
        elif name in self.stage.lanes:
            self.fault(key, _("there is a lane {!r} already").format(name))
        elif len(self.stage.lanes) >= MOST_LANES:
            self.fault(key, _("an experiment has at most {} lanes").format(MOST_LANES))

    def _set(self, table: model.SetAct) -> Set | None:
        try:
            target = parse_quantity(table.set)
        except QuantityError:
            self.fault("set", _("set names LANE.SETTING, as in 'adam.lr', not {!r}").format(table.set))
            return None
        lane = self.lane("set", target.lane)
        if lane is not None:
            try:
                lane.check(target.name, table.to)
            except ParameterError as error:
                known = target.name in lane.values()
                column = None if known else len(target.lane) + 2
                self.fault("to" if known else "set", str(error) + self._form(lane, error), column=column)
        if target.index is not None:
            self.fault("set", _("a setting is one number for the whole lane, it has no [{}]").format(target.index))
        return Set(table.set, table.to)

    def _form(self, lane: Lane, error: ParameterError) -> str:
        """Return a hint where another form of the lane's optimizer has what this one lacks."""
        forms = sorted(find(lane.optimizer).options(lane.dialect))
        if error.key in forms:
            return _("; it is another form of the rule: choose it in the lane's own table")
        return "" if error.hint or error.key in lane.values() else did_you_mean(error.key, forms)

    def _branch(self, table: model.BranchAct) -> Branch:
        lane = self.lane("branch", table.branch)
        self._new_name("as", table.as_)
        self.stage.lanes.setdefault(table.as_, lane)
        return Branch(table.branch, table.as_)

    def _add(self, table: model.AddAct) -> Add | None:
        self._new_name("add", table.add)
        lane = lane_of(self.source, self.path, table.add, table)
        check_start(self.source, (*self.path, "start"), lane, self.stage.dimension)
        check_fits(self.source, self.path, lane, self.stage.objective)
        self.stage.lanes.setdefault(table.add, lane)
        return None if lane is None else Add(lane)

    def _remove(self, table: model.RemoveAct) -> Remove:
        self.lane("remove", table.remove)
        if list(self.stage.lanes) == [table.remove]:
            self.fault("remove", _("{!r} is the last lane: one must stay").format(table.remove))
        self.stage.lanes.pop(table.remove, None)
        return Remove(table.remove)

    def _show(self, table: model.ShowAct) -> Show:
        dimension = self.stage.dimension
        if table.show not in KINDS:
            hint = did_you_mean(table.show, list(KINDS)) or _(" (charts: {})").format(", ".join(KINDS))
            self.fault("show", _("there is no chart {!r}").format(table.show) + hint)
        if table.lane is not None:
            self.lane("lane", table.lane)
        if dimension is not None:
            self._show_here(table, dimension)
        return Show(table.show, table.view, table.coordinate, table.scale, table.x_axis, table.lane)

    def _show_here(self, table: model.ShowAct, dimension: int) -> None:
        """Note what this objective and these lanes do not have to show."""
        if isinstance(table.coordinate, int) and table.coordinate >= dimension:
            self.fault("coordinate", _("coordinates that can be shown are 0 to {}").format(dimension - 1))
        if table.view == "network" and not self.stage.has_data:
            self.fault("view", _("this objective has no network to look into"))
        if table.x_axis in ("epochs", "samples") and not self.stage.has_data:
            self.fault("x_axis", _("this objective has no data, so no {}").format(table.x_axis))
        lanes = self.stage.lanes.values()
        if table.x_axis == "evaluations" and not any(lane is None or lane.rule.counts_evaluations for lane in lanes):
            self.fault("x_axis", _("none of these lanes counts its evaluations: they are the updates"))

    def _condition(self, text: str) -> None:
        try:
            condition = parse_condition(text)
        except QuantityError as error:
            self.fault("until", str(error), column=error.column)
            return
        self.scalar("until", condition.quantity)

"""`{ ask = "Which lane is lower?", choices = ["gd", "adam"], answer = "adam", check = "adam.loss < gd.loss" }`.

A question has one of four forms: words that a key reveals (`answer`); a number (`of` a quantity, a stated `answer`, or
both, within `abs` or `rel`); one of some `choices`, where `answer` is the right one; a `place` on the map or in a chart
(`of`). The engine is asked `after` some updates, which are taken back. A replay fails where it disagrees with the file.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import asdict
from typing import ClassVar

from gdtui.errors import QuantityError
from gdtui.session import Session
from gdtui.session.budget import Budget
from gdtui.session.comparison import show
from gdtui.session.quantities import parse_quantity
from gdtui.text import _, did_you_mean
from gdtui.toml.records import Schema
from gdtui.verbs.base import Verdict, verb
from gdtui.verbs.claim import parse_claims
from gdtui.verbs.point import Point
from gdtui.verbs.question import MAP, Question
from gdtui.view.charts import CHARTS
from gdtui.view.picture_kinds import kinds_of


@verb
class Ask(Question):
    """Ask a question: words are revealed by a key; a number, a choice or a place is answered first."""

    changes: ClassVar[bool] = False
    words: ClassVar[tuple[str, ...]] = ("ask", "choices", "answer", "why", "note")

    @staticmethod
    def json_schema_extra(schema: Schema) -> None:
        """Name the places, and what a question needs."""
        schema["properties"]["place"]["enum"] = [MAP, *CHARTS]
        schema["anyOf"] = [{"required": ["answer"]}, {"required": ["of"]}]
        schema["dependentRequired"] = {"choices": ["answer"], "place": ["of"]}

    # Checking a scenario

    def check(self, point: Point) -> None:
        """Check the quantities, the claims and the place at that point, and that the keys go together."""
        for check in (self._check_of, self._check_claims, self._check_place, self._check_answer):
            check(point)
        if point.whole:
            self._check_form(point)

    def _given(self, key: str) -> bool:
        return getattr(self, "check_" if key == "check" else key) is not None

    def _check_form(self, point: Point) -> None:
        """Note keys that are missing for the form of the question, or that it has no use for."""
        form = self.form
        if self.answer is None and (form == "choice" or not (self.of or self.place)):
            point.source.add(point.path, _("a question needs an answer (words, a number, one of its choices) or of"))
        for key, forms, message in (
            ("why", ("number", "choice", "place"), _("in a question without choices, answer holds all that is said")),
            ("check", ("number", "choice"), _("check goes with choices, or with a number")),
            ("of", ("number", "place", "choice"), ""),
        ):
            if self._given(key) and form not in forms:
                point.fault(key, message, key=True)
        if self.after is not None and not self.is_checked:
            point.fault("after", _("after belongs to of or check: what is known after these updates?"), key=True)
        measured = form in ("number", "place") or isinstance((self.choices or ("",))[0], float)
        if not measured and (self.abs is not None or self.rel is not None):
            point.fault("abs" if self.abs is not None else "rel", _("only a number or a place is near"), key=True)
        if form in ("number", "place") and self.abs is None and self.rel is None:
            point.source.add(point.path, _("how near must the answer be? The question needs abs or rel"))
        if self.after is not None and (self.after.step is None) == (self.after.epoch is None):
            point.fault("after", _("after is {{ step = N }} or {{ epoch = N }}"))

    def _check_answer(self, point: Point) -> None:
        """Note an answer that is none of the choices, or of another kind than the question."""
        if self.choices is not None and self.answer is not None and self.answer not in self.choices:
            listed = ", ".join(map(show, self.choices))
            hint = did_you_mean(self.answer, [str(each) for each in self.choices], _(" (there are: {})").format(listed))
            point.fault("answer", _("the answer must be one of the choices") + hint)
        elif self.choices is None and self.of is not None and isinstance(self.answer, str):
            point.fault("answer", _("the answer must be a number, as of is; why holds the words"))
        elif self.place is not None and self.answer is not None:
            point.fault("answer", _("of says where the right place is, so it has no answer"), key=True)
        if self.choices is not None and self.of is not None and isinstance(self.choices[0], str):
            point.fault("of", _("of goes with choices that are numbers; check goes with words"), key=True)

    def _check_of(self, point: Point) -> None:
        """Note a quantity that does not exist, that is not one number, or that is not drawn at the place."""
        if self.of is None:
            return
        try:
            quantity = parse_quantity(self.of)
        except QuantityError as error:
            point.fault("of", str(error))
            return
        if self.place != MAP:
            point.has_number("of", quantity)
        elif point.has("of", quantity) and (quantity.name != "theta" or quantity.index is not None):
            point.fault("of", _("a place on the map is LANE.theta, not {}").format(quantity))

    def _check_place(self, point: Point) -> None:
        """Note a place that cannot be pointed at."""
        if self.place is None:
            return
        chart, quantity = CHARTS.get(self.place), self.quantity
        if self.place == MAP:
            if point.objective is not None and MAP not in kinds_of(point.objective):
                point.fault("place", _("this objective has no map: a map needs two parameters"))
            if self.abs is None:
                point.source.add(point.path, _("on a map the answer is within a distance: the question needs abs"))
        elif chart is None:
            names = [MAP, *CHARTS]
            hint = did_you_mean(self.place, names, _(" (places: {})").format(", ".join(names)))
            point.fault("place", _("there is no place {!r}").format(self.place) + hint)
        elif quantity is not None and chart.quantity != quantity.name:
            point.fault("place", _("the chart {} does not draw {}").format(self.place, quantity))
        if self.of is None:
            point.source.add(point.path, _("a place needs of: the quantity that is drawn there"))

    def _check_claims(self, point: Point) -> None:
        """Note claims that cannot be read, or about what does not exist."""
        texts_ = self.check_ or ()
        if len(texts_) > 1 and len(texts_) != len(self.choices or ()):
            point.fault("check", _("check is one claim about the answer, or one for each choice, in order"))
        written = point.source.positions.values
        for number, text in enumerate(texts_):
            inner = ("check", number)
            path = inner if (*point.path, *inner) in written else ("check",)
            try:
                claims = parse_claims(text)
            except QuantityError as error:
                point.fault(path, str(error), column=error.column)
                continue
            for claim in claims:
                claim.check(point, path)

    def coordinates(self) -> set[int]:
        """Return the coordinates in it."""
        indices = {index for claims in self.claims for claim in claims for index in claim.indices()}
        quantity = self.quantity
        return indices if quantity is None or quantity.index is None else {*indices, quantity.index}

    # Doing it

    def apply(self, session: Session) -> None:
        """Put the question on the screen."""
        session.caption = self.ask

    def play(self, session: Session, budget: Budget, _frames: int = 1) -> Generator[None, None, Verdict]:
        """Put it on the screen, and ask the engine whether the answer is right."""
        session.apply(self, budget.expired)
        yield
        outlook = yield from self.outlook(session, budget)
        return self.judged(outlook)

    def said(self) -> tuple[str, ...]:
        """Return the question, with its choices, and what is revealed."""
        return self.ask, self.revealed

    @property
    def revealed(self) -> str:
        """The answer as it is stated, and why it is right."""
        if self.form == "words":
            return str(self.answer)
        stated = [] if self.answer is None else [_("The answer: {answer}.").format(answer=show(self.answer))]
        return " ".join([*stated, *([self.why] if self.why else [])]) or _("The engine has the answer.")

    # Writing it to a file

    def tables(self, mark: Callable[[str], str]) -> Iterator[Mapping[str, object]]:
        """Yield its table."""
        for table in super().tables(mark):
            written = dict(table)
            if self.after is not None:
                written["after"] = {key: value for key, value in asdict(self.after).items() if value is not None}
            yield written

    def most_updates(self, rows: int) -> int:
        """Count the updates after which the engine is asked."""
        return 0 if self.after is None else self.after.act.most_updates(rows)

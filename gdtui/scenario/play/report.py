"""The results of replays as text for people, as JSON, and as JUnit's XML."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from gdtui.scenario.play.golden import Golden
from gdtui.scenario.play.outcome import Outcome, Report
from gdtui.text import _, aligned, printable
from gdtui.toml.source import ScenarioError


def summary_line(report: Report) -> str:
    """Return one line on a replay."""
    passed = _("passed") if report.checked else _("unchecked")
    word = {0: passed, 1: _("FAILED"), 4: _("LIMIT")}[report.code]
    held = report.count("passed")
    asserted = sum(
        (outcome.act.verb.asserts and outcome.status != "skipped") or outcome.status in ("passed", "failed")
        for outcome in report.outcomes
    )
    parts = [_("{} of {} expectations hold").format(held, asserted) if asserted else nothing_checked()]
    skipped = [outcome.act.verb.name for outcome in report.outcomes if outcome.status == "skipped"]
    if skipped:
        parts.append(_("{} skipped, no screen ({})").format(len(skipped), ", ".join(dict.fromkeys(skipped))))
    if left := report.count("not run"):
        parts.append(_("{} acts not run").format(left))
    if report.golden is not None:
        parts.append(golden_word(report.golden))
    return f"{word}  {report.scenario.path}  {'; '.join(parts)}  {report.seconds:.2f} s"


def nothing_checked() -> str:
    """Return the words for a script without expectations."""
    return _("nothing was checked")


def golden_word(golden: Golden) -> str:
    """Return the result for a golden trace in a word or two."""
    return {
        "same": _("golden trace holds"), "differs": _("golden trace differs"), "missing": _("no golden trace"),
        "new": _("golden trace written"), "updated": _("golden trace updated"), "unused": _("unused golden trace"),
    }[golden.status]  # fmt: skip


def screen_command(report: Report, outcome: Outcome) -> str:
    """Return the command that opens the screen just before an act."""
    return f"gdtui {shlex.quote(os.fspath(report.scenario.path))} --at {outcome.act.place.line}"


def failure_lines(report: Report, outcome: Outcome) -> list[str]:
    """Return the lines on one failure: place, act, expected, got, the newest rows, how to see it."""
    act = outcome.act
    where = f"{report.scenario.path}:{act.place.line}:{act.place.column}"
    word = {"failed": _("failed"), "error": _("error"), "limit": _("stopped")}[outcome.status]
    lines = [f"{where}: {word}: {printable(act.text)}"]
    lines += _values(outcome) if outcome.expected else [f"  {outcome.message}"]
    if outcome.rows:
        lines.append(f"  {_('the last rows of {}:').format(outcome.lane)}")
        lines += aligned(outcome.rows, right=range(len(outcome.rows[0])), indent="    ")
    return [*lines, f"  {_('on the screen: {}').format(screen_command(report, outcome))}"]


def golden_lines(golden: Golden) -> list[str]:
    """Return the lines on a golden trace that fails: place, the first cell that differs, what to do."""
    lines = [f"{golden.path}:{golden.line}: {golden_word(golden)}: {printable(golden.message)}"]
    lines += _values(golden)
    if golden.others:
        more = _("and 1 other cell") if golden.others == 1 else _("and {} other cells").format(golden.others)
        lines.append(f"  {more}")
    return lines


def _values(found: Outcome | Golden) -> list[str]:
    pairs = ((_("expected"), found.expected), (_("got"), found.got), (_("difference"), found.difference))
    return [f"  {name:<11} {printable(text)}" for name, text in pairs if text]


def text(report: Report) -> str:
    """Return the report for people."""
    lines = [summary_line(report)]
    for outcome in report.failures:
        lines += failure_lines(report, outcome)
    if report.golden is not None and report.golden.failed:
        lines += golden_lines(report.golden)
    return "\n".join(lines)


def golden_json(golden: Golden) -> dict[str, object]:
    """Return the result for a golden trace as JSON values."""
    told = {key: value for key, value in vars(golden).items() if value and key not in ("path", "status")}
    return {"file": str(golden.path), "status": golden.status, "passed": not golden.failed, **told}


def as_json(report: Report) -> dict[str, object]:
    """Return the report as JSON values."""
    acts = []
    for outcome in report.outcomes:
        act: dict[str, object] = {
            "verb": outcome.act.verb.name, "line": outcome.act.place.line, "column": outcome.act.place.column,
            "text": outcome.act.text, "status": outcome.status,
        }  # fmt: skip
        for key in ("message", "expected", "got", "difference", "lane"):
            if value := getattr(outcome, key):
                act[key] = value
        if outcome in report.failures:
            act["command"] = screen_command(report, outcome)
        if outcome.rows:
            head, *rows = outcome.rows
            act["rows"] = [dict(zip(head, row, strict=True)) for row in rows]
        acts.append(act)
    result = {
        "file": str(report.scenario.path), "title": report.scenario.title, "passed": report.passed,
        "checked": report.checked, "code": report.code, "seconds": round(report.seconds, 6), "acts": acts,
    }  # fmt: skip
    return result if report.golden is None else {**result, "golden": golden_json(report.golden)}


def fault_json(error: ScenarioError) -> dict[str, object]:
    """Return a bad file's faults as JSON values."""
    faults = [{"line": f.place.line, "column": f.place.column, "message": f.message} for f in error.faults]
    return {"file": error.file, "passed": False, "code": 2, "faults": faults}


def junit(reports: Sequence[Report], errors: Sequence[ScenarioError], unused: Sequence[Golden] = ()) -> str:
    """Return JUnit's XML: a suite a file, a case an act that can fail or be skipped, and a case the golden trace."""
    root = ElementTree.Element("testsuites")
    for report in reports:
        _add_report(_suite(root, report.scenario.path), report)
    for error in errors:
        case = _case(_suite(root, error.file), "load")
        _problem(case, "error", _("{} faults").format(len(error.faults)), str(error).split("\n"))
    for golden in unused:
        _add_golden(_suite(root, golden.path), golden)
    for suite in root:
        suite.set("tests", str(len(suite)))
        for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            suite.set(key, str(len(suite.findall(f"testcase/{tag}"))))
    ElementTree.indent(root)
    return ElementTree.tostring(root, "unicode", xml_declaration=True) + "\n"


def _suite(root: Element, name: object) -> Element:
    return ElementTree.SubElement(root, "testsuite", name=_clean(name))


def _case(suite: Element, name: str) -> Element:
    return ElementTree.SubElement(suite, "testcase", classname=suite.get("name", ""), name=_clean(name))


def _problem(case: Element, tag: str, message: str, lines: Sequence[str] = ()) -> None:
    """Add the reason why a case did not pass; XML does not allow control characters."""
    ElementTree.SubElement(case, tag, message=_clean(message)).text = "\n".join(map(printable, lines)) or None


def _clean(value: object) -> str:
    return printable(str(value).replace("\n", " "))


def _add_report(suite: Element, report: Report) -> None:
    suite.set("time", f"{report.seconds:.6f}")
    for outcome in report.outcomes:
        if not outcome.act.verb.asserts and outcome.status in ("done", "not run"):
            continue
        place = outcome.act.place
        case = _case(suite, f"{place.line}:{place.column} {outcome.act.text}")
        if outcome.status in ("skipped", "not run"):
            _problem(case, "skipped", outcome.message or outcome.status)
        elif outcome.status != "passed":
            tag = "failure" if outcome.status == "failed" else "error"
            _problem(case, tag, outcome.message, failure_lines(report, outcome))
    if not report.checked:
        _problem(_case(suite, "script"), "failure" if report.strict else "skipped", nothing_checked())
    if report.golden is not None:
        _add_golden(suite, report.golden)


def _add_golden(suite: Element, golden: Golden) -> None:
    case = _case(suite, "golden trace")
    if golden.failed:
        _problem(case, "failure", golden_word(golden), golden_lines(golden))

"""What came of replays, as text for people, JSON, and JUnit's XML."""

from __future__ import annotations

import os
import shlex
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from gdtui.scenario.play.golden import Golden
from gdtui.scenario.play.replay import Outcome, Report
from gdtui.scenario.play.trace_io import table
from gdtui.scenario.read.faults import ScenarioError
from gdtui.text import _, printable


def summary_line(report: Report) -> str:
    """Return one line on a replay."""
    word = {0: _("passed"), 1: _("FAILED"), 4: _("LIMIT")}[report.code]
    held = report.count("passed")
    asserted = sum(outcome.act.asserts and outcome.status != "skipped" for outcome in report.outcomes)
    parts = [_("{} of {} expectations hold").format(held, asserted)]
    skipped = [outcome.act.verb for outcome in report.outcomes if outcome.status == "skipped"]
    if skipped:
        parts.append(_("{} skipped, no screen ({})").format(len(skipped), ", ".join(dict.fromkeys(skipped))))
    if left := report.count("not run"):
        parts.append(_("{} acts not run").format(left))
    if report.golden is not None:
        parts.append(golden_word(report.golden))
    return f"{word}  {report.scenario.path}  {'; '.join(parts)}  {report.seconds:.2f} s"


def golden_word(golden: Golden) -> str:
    """Return in a word or two what came of a golden trace."""
    return {
        "same": _("golden trace holds"), "differs": _("golden trace differs"), "missing": _("no golden trace"),
        "new": _("golden trace written"), "updated": _("golden trace updated"), "unused": _("unused golden trace"),
    }[golden.status]  # fmt: skip


def screen_command(report: Report, outcome: Outcome) -> str:
    """Return the command that shows on the screen where an act stood."""
    return f"gdtui {shlex.quote(os.fspath(report.scenario.path))} --at {outcome.act.place.line}"


def failure_lines(report: Report, outcome: Outcome) -> list[str]:
    """Return what is to be said of one failure: where, the act, expected, got, the newest rows, how to see it."""
    act = outcome.act
    where = f"{report.scenario.path}:{act.place.line}:{act.place.column}"
    word = {"failed": _("failed"), "error": _("error"), "limit": _("stopped")}[outcome.status]
    lines = [f"{where}: {word}: {printable(act.text)}"]
    pairs = ((_("expected"), outcome.expected), (_("got"), outcome.got), (_("difference"), outcome.difference))
    lines += _pairs(pairs) if outcome.expected else [f"  {outcome.message}"]
    if outcome.rows:
        lines.append("  " + _("the last rows of {}:").format(outcome.lane))
        lines += table(list(outcome.columns), [list(row) for row in outcome.rows], "    ")
    return [*lines, "  " + _("on the screen: {}").format(screen_command(report, outcome))]


def golden_lines(golden: Golden) -> list[str]:
    """Return what is to be said of a golden trace that fails: where, the first cell that differs, what to do."""
    lines = [f"{golden.path}:{golden.line}: {golden_word(golden)}: {printable(golden.message)}"]
    pairs = ((_("expected"), golden.expected), (_("got"), golden.got), (_("difference"), golden.difference))
    lines += _pairs(tuple((name, printable(text)) for name, text in pairs))
    if golden.others:
        more = _("and 1 other cell") if golden.others == 1 else _("and {} other cells").format(golden.others)
        lines.append("  " + more)
    return lines


def _pairs(pairs: tuple[tuple[str, str], ...]) -> list[str]:
    return [f"  {name:<11} {text}" for name, text in pairs if text]


def text(report: Report) -> str:
    """Return the report for people."""
    lines = [summary_line(report)]
    for outcome in report.failures:
        lines += failure_lines(report, outcome)
    if report.golden is not None and report.golden.failed:
        lines += golden_lines(report.golden)
    return "\n".join(lines)


def golden_json(golden: Golden) -> dict[str, Any]:
    """Return what came of a golden trace as JSON values."""
    told = {key: value for key, value in vars(golden).items() if value and key not in ("path", "status")}
    return {"file": str(golden.path), "status": golden.status, "passed": not golden.failed, **told}


def as_json(report: Report) -> dict[str, Any]:
    """Return the report as JSON values."""
    acts = []
    for outcome in report.outcomes:
        act: dict[str, Any] = {
            "verb": outcome.act.verb, "line": outcome.act.place.line, "column": outcome.act.place.column,
            "text": outcome.act.text, "status": outcome.status,
        }  # fmt: skip
        for key in ("message", "expected", "got", "difference", "lane"):
            if value := getattr(outcome, key):
                act[key] = value
        if outcome in report.failures:
            act["command"] = screen_command(report, outcome)
        if outcome.rows:
            act["rows"] = [dict(zip(outcome.columns, row, strict=True)) for row in outcome.rows]
        acts.append(act)
    result = {
        "file": str(report.scenario.path), "title": report.scenario.title, "passed": report.passed,
        "code": report.code, "seconds": round(report.seconds, 6), "acts": acts,
    }  # fmt: skip
    return result if report.golden is None else {**result, "golden": golden_json(report.golden)}


def fault_json(error: ScenarioError) -> dict[str, Any]:
    """Return a bad file's faults as JSON values."""
    faults = [{"line": f.place.line, "column": f.place.column, "message": f.message} for f in error.faults]
    return {"file": error.file, "passed": False, "code": 2, "faults": faults}


def junit(reports: list[Report], errors: list[ScenarioError], unused: list[Golden] | None = None) -> str:
    """Return JUnit's XML: a suite a file, a case an act that can fail or be skipped, and a case the golden trace."""
    suites = [_suite(report) for report in reports] + [_broken(error) for error in errors]
    suites += [_unused(golden) for golden in unused or []]
    return '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n' + "\n".join(suites) + "\n</testsuites>\n"


def _attribute(value: object) -> str:
    return quoteattr(printable(str(value).replace("\n", " ")))


def _suite(report: Report) -> str:
    name = _attribute(report.scenario.path)
    shown = [o for o in report.outcomes if o.act.asserts or o.status not in ("done", "passed", "not run")]
    failed, errors = (sum(o.status in kind for o in shown) for kind in (("failed",), ("error", "limit")))
    skipped = sum(o.status in ("skipped", "not run") for o in shown)
    cases = [_case(report, outcome, name) for outcome in shown]
    if report.golden is not None:
        cases.append(_golden_case(report.golden, name))
        failed += report.golden.failed
    head = (
        f"  <testsuite name={name} tests={_attribute(len(cases))} failures={_attribute(failed)} "
        f'errors={_attribute(errors)} skipped={_attribute(skipped)} time="{report.seconds:.6f}">'
    )
    return "\n".join([head, *cases, "  </testsuite>"])


def _golden_case(golden: Golden, suite: str) -> str:
    head = f'    <testcase classname={suite} name="golden trace"'
    if not golden.failed:
        return head + "/>"
    body = escape("\n".join(golden_lines(golden)))
    return f"{head}><failure message={_attribute(golden_word(golden))}>{body}</failure></testcase>"


def _unused(golden: Golden) -> str:
    name = _attribute(golden.path)
    head = f'  <testsuite name={name} tests="1" failures="1" errors="0" skipped="0">'
    return "\n".join([head, _golden_case(golden, name), "  </testsuite>"])


def _case(report: Report, outcome: Outcome, suite: str) -> str:
    place = outcome.act.place
    head = f"    <testcase classname={suite} name={_attribute(f'{place.line}:{place.column} {outcome.act.text}')}"
    if outcome.status == "passed":
        return head + "/>"
    if outcome.status in ("skipped", "not run"):
        return f"{head}><skipped message={_attribute(outcome.message or outcome.status)}/></testcase>"
    tag = "failure" if outcome.status == "failed" else "error"
    body = escape("\n".join(map(printable, failure_lines(report, outcome))))
    return f"{head}><{tag} message={_attribute(outcome.message)}>{body}</{tag}></testcase>"


def _broken(error: ScenarioError) -> str:
    name = _attribute(error.file)
    body = escape("\n".join(printable(line) for line in str(error).split("\n")))
    count = _attribute(_("{} faults").format(len(error.faults)))
    return (
        f'  <testsuite name={name} tests="1" failures="0" errors="1" skipped="0">\n'
        f'    <testcase classname={name} name="load"><error message={count}>{body}</error></testcase>\n'
        "  </testsuite>"
    )

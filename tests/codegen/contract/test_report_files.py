"""Reports as files: an HTML page that works in a browser, JUnit for CI servers, JSON for programs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from specwire_codegen.contract.reports.coverage import Coverage, OperationCoverage, Share
from specwire_codegen.contract.reports.files import require_known, write
from specwire_codegen.contract.reports.html import page
from specwire_codegen.contract.reports.report import Count, Report, Row
from specwire_codegen.contract.values.exchange import Exchange
from specwire_codegen.contract.values.finding import Finding
from specwire_codegen.diagnostics import SpecwireCodegenError

from tests.support.browser import browser, needs_browser

HOSTILE = (
    "</script><script>document.title='hacked'</script>",
    "<img src=x onerror=\"document.title='hacked'\">",
    "\" autofocus onfocus=\"document.title='hacked'",
    "{{ 7 * 7 }}{% raw %}",
    "</style><style>body{display:none}</style>",
    "\u202egnihtemos\x00\x1b[31m",
    "]]></failure><x/>",
)


def report(texts: tuple[str, ...] = ("plain",)) -> Report:
    """Return a report with a wrong, a right and a skipped operation for each text."""
    rows: list[Row] = []
    coverage: dict[str, OperationCoverage] = {}
    for number, text in enumerate(texts):
        exchange = Exchange(
            "POST",
            f"https://api.example/{number}?q=1",
            (("content-type", "application/json"), ("x-text", text)),
            json.dumps({"name": text}).encode(),
            200,
            (("content-type", "application/json"),),
            text.encode(),
        )
        found = Finding("client", "reads", f"$.name: {text}", exchange, f"client.pets.create(name={text!r})")
        rows += [
            Row(f"create{number}{text}", (Count(9, 1),), (found,), endpoint="POST /pets", call="pets.create"),
            Row(f"list{number}", (Count(1234),), endpoint="GET /pets", call="pets.list"),
            Row(f"delete{number}", (Count(),), note=f"may change {text}", checked=False, endpoint="DELETE /pets/{id}"),
        ]
        coverage[f"list{number}"] = OperationCoverage(
            ((f"query {text}", True),), (("200", True), ("404", False)), (418,)
        )
    shares = (Share("operations", 1, 3), Share("keywords", 0, 0))
    return Report(
        f"shop {texts[0]}",
        ("document",),
        tuple(rows),
        (f"note {texts[0]}",),
        (Finding("server", "use_after_free", texts[0]),),
        Coverage(shares, (Share("type", 3, 4),), coverage),
        (f"DELETE /pets/{texts[0]}",),
        "the limit of 9 requests is reached (--max-requests)",
        1_700_000_000.0,
        12.3,
    )


@needs_browser
def test_the_page_works_from_disk(tmp_path: Path) -> None:
    """No error, no request for another file, and the filters hide operations."""
    write(tmp_path / "report.html", report())
    with browser() as tab:
        tab.open((tmp_path / "report.html").as_uri())
        assert tab.evaluate("document.querySelectorAll('.operation').length") == 3
        assert tab.evaluate(f"{VISIBLE}") == ["create0plain", "list0", "delete0"]
        tab.evaluate("filter.value = 'list'; filter.dispatchEvent(new Event('input'))")
        assert tab.evaluate(VISIBLE) == ["list0"]
        assert tab.evaluate("shown.textContent") == "1 of 3 operations"
        tab.evaluate("filter.value = 'client reads'; filter.dispatchEvent(new Event('input'))")
        assert tab.evaluate(VISIBLE) == ["create0plain"]
        tab.evaluate("filter.value = ''; document.querySelector('[data-verdict=skipped][aria-pressed]').click()")
        assert tab.evaluate(VISIBLE) == ["delete0"]
        tab.evaluate("document.querySelector('[data-verdict=\"\"]').click()")
        assert len(tab.evaluate(VISIBLE)) == 3
        tab.evaluate("document.querySelector('.copy').click()")
        assert tab.wait_for("document.querySelector('.copy').textContent !== 'Copy'")
        assert tab.problems == []
        assert [url for url in tab.requested if not url.startswith("data:")] == [(tmp_path / "report.html").as_uri()]


VISIBLE = "[...document.querySelectorAll('.operation:not([hidden]) .names b')].map((one) => one.textContent)"


@needs_browser
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_page_fits_every_width_and_theme(width: int, dark: bool, tmp_path: Path) -> None:
    """Nothing is wider than the window, also long words; the theme follows the system."""
    write(tmp_path / "report.html", report(("x" * 300, "y z " * 200)))
    with browser() as tab:
        tab.open((tmp_path / "report.html").as_uri(), width=width, dark=dark)
        tab.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        red, green, blue = map(int, re.findall(r"\d+", tab.evaluate("getComputedStyle(document.body).backgroundColor")))
        assert (red + green + blue < 150) is dark
        assert tab.problems == []


@needs_browser
def test_a_finding_at_the_top_leads_to_its_operation(tmp_path: Path) -> None:
    """Also if a filter hides the operation; findings in sequences lead to their section."""
    write(tmp_path / "report.html", report(("one", "two")))
    with browser() as tab:
        tab.open((tmp_path / "report.html").as_uri())
        assert tab.evaluate("[...document.querySelectorAll('.found a')].map((one) => one.innerText).join('|')") == (
            "client create0one\n$.name: one|client create1two\n$.name: two|server calls in a row\none"
        )
        tab.evaluate("document.querySelector('button[data-verdict=ok]').click()")
        tab.evaluate("document.querySelectorAll('.found a')[1].click()")
        tab.evaluate("dispatchEvent(new Event('hashchange'))")
        shown = "((one) => one.open && !one.hidden)(document.querySelector(location.hash))"
        assert tab.evaluate(shown) is True
        assert tab.problems == []


@needs_browser
def test_hostile_text_is_only_text(tmp_path: Path) -> None:
    """No script of a document runs, and every text is shown."""
    write(tmp_path / "report.html", report(HOSTILE))
    with browser() as tab:
        tab.open((tmp_path / "report.html").as_uri())
        tab.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        assert "hacked" not in tab.evaluate("document.title.slice(0, 6)")
        assert tab.evaluate("document.querySelectorAll('script, style, img, iframe, object').length") == 2
        assert tab.evaluate("getComputedStyle(document.body).display") == "block"
        text = tab.evaluate("document.body.textContent")
        assert all(one in text for one in HOSTILE[:5])
        assert tab.problems == []


def test_the_page_names_no_other_resource() -> None:
    """Apart from texts and its own parts, it has no address."""
    text = page(report())
    named = re.findall(r"""(?:src|href|action|data-url)=["']?([^"'\s>]+)""", text)
    assert [one for one in named if not one.startswith("#")] == ["data:,"]
    assert "@import" not in text and "url(" not in text and "default-src 'none'" in text


@pytest.mark.parametrize("texts", [("plain",), HOSTILE])
def test_junit_has_a_case_for_each_operation(texts: tuple[str, ...], tmp_path: Path) -> None:
    """Failures have the smallest case, skipped operations the reason."""
    write(tmp_path / "report.xml", report(texts))
    (suite,) = ElementTree.parse(tmp_path / "report.xml").getroot()
    cases = suite.findall("testcase")
    assert suite.get("tests") == str(len(cases)) == str(3 * len(texts) + 2)
    assert suite.get("failures") == str(len(suite.findall("testcase/failure"))) == str(len(texts) + 2)
    assert suite.get("skipped") == str(len(suite.findall("testcase/skipped"))) == str(len(texts))
    failure = cases[0].find("failure")
    assert failure is not None and failure.get("type") == "client: reads"
    assert "curl -X POST" in str(failure.text) and "client.pets.create(" in str(failure.text)


@pytest.mark.parametrize("texts", [("plain",), HOSTILE])
def test_json_has_everything(texts: tuple[str, ...], tmp_path: Path) -> None:
    """Suites, findings, coverage."""
    write(tmp_path / "report.json", report(texts))
    found = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert (found["checked"], found["conforming"]) == (2 * len(texts), len(texts))
    wrong, right, skipped = found["operations"][:3]
    assert wrong["findings"][0]["exchange"]["curl"].startswith("curl -X POST 'https://api.example/0?q=1'")
    assert right["suites"] == {"document": {"tried": 1234, "passed": 1234, "failed": 0}}
    assert right["statuses"] == {"200": True, "404": False} and right["undocumented_statuses"] == [418]
    assert skipped["note"] == f"may change {texts[0]}"
    assert found["coverage"]["totals"]["operations"] == {"reached": 1, "total": 3}
    assert found["left"] == [f"DELETE /pets/{texts[0]}"]


def test_another_extension_is_an_error() -> None:
    """The message lists the known ones."""
    with pytest.raises(SpecwireCodegenError, match=r"use one of the extensions \.html, \.json, \.xml"):
        require_known(Path("report.pdf"))

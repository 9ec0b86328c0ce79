"""The `--output html` page: one file that needs nothing else, to attach to an incident.

Its script and style stand in the file, their hashes in its Content-Security-Policy: nothing else runs, and
nothing is loaded. What comes from a cluster stands in it as JSON, in which `<` is spelled out.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files

from traceutil.view import headline, labels
from traceutil.view.page_data import page_data
from traceutil.view.result import Result
from traceutil.view.terminal import waterfall
from traceutil.view.tree import build

#: The script, in the order in which its parts use each other.
SCRIPTS = ("time.js", "tree.js", "search.js", "bars.js", "panel.js", "listen.js", "section.js", "page.js")
_PART = re.compile(r"\{\{(\w+)\}\}")


def page(result: Result) -> str:
    """The whole answer as one HTML document; equal results give equal pages."""
    traces = build(result.spans)
    named = result.subject is not None or not traces
    subject = labels.clean(result.scenario) if named else labels.object_label(traces[0].main.span, root=True)
    mark, _, outcome = headline.opening(result).partition(" ")
    style = asset("page.css")
    script = "\n".join(asset(name) for name in SCRIPTS)
    return filled(
        asset("page.html"),
        {
            "title": escape(f"{subject} {outcome}"),
            "mood": "good" if headline.is_good(result) else "bad",
            "opening": escape(f"{mark} {subject} {outcome}"),
            "counts": escape(" · ".join(headline.counts(result, traces))),
            "notes": "\n".join(f"<p>{escape(labels.clean(note))}</p>" for note in result.notes),
            "drawing": escape(waterfall(result)),
            "style": style,
            "style_hash": content_hash(style),
            "script": script,
            "script_hash": content_hash(script),
            "data": embedded(page_data(result)),
        },
    )


def filled(template: str, parts: Mapping[str, str]) -> str:
    """The template with its `{{parts}}`, in one pass: what a part says is not looked at again."""
    return _PART.sub(lambda found: parts[found[1]], template)


def embedded(data: Mapping[str, object]) -> str:
    """Data as JSON that cannot end the element it stands in; one row per line, so that it can be searched."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    text = text.replace("<", "\\u003c").replace('{"parent":', '\n{"parent":')
    return text.replace("&", "\\u0026").replace(">", "\\u003e")


def content_hash(text: str) -> str:
    """What a Content-Security-Policy calls the text of an element (CSP 3, section 2.3.1)."""
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def asset(name: str) -> str:
    """A file of the page, out of the package."""
    return (files("traceutil.view") / "page" / name).read_text(encoding="utf-8")

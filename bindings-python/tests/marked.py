"""The shared vectors: texts in which the values are marked, as ``NPI: [[us_npi:1245319599]]``."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

VECTORS = Path(__file__).resolve().parents[2] / "tests" / "vectors"
MARK = re.compile(r"\[\[([^:\]]+):(.+?)\]\]", re.DOTALL)


@dataclass(frozen=True)
class Case:
    topic: str
    name: str
    label: str | None
    text: str
    marks: list[tuple[str, str | None, str]]
    """Entity, role (where one is asked for) and value, in order."""


def cases() -> list[Case]:
    out = []
    for path in sorted(VECTORS.rglob("*.json")):
        topic = path.relative_to(VECTORS).with_suffix("").as_posix()
        for row in json.loads(path.read_text(encoding="utf-8")):
            marks = []
            for name, value in MARK.findall(row["marked"]):
                entity, _, role = name.partition(".")
                marks.append((entity, role or None, value))
            text = MARK.sub(lambda mark: mark[2], row["marked"])
            out.append(Case(topic, row["name"], row.get("label"), text, marks))
    return out

"""The vectors that every language runs, asserted by slicing Python strings."""

from __future__ import annotations

import pytest
from marked import Case, cases

import phisift

CASES = cases()


def test_there_are_cases() -> None:
    assert len(CASES) > 0


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.topic}: {case.name}")
def test_vector(case: Case) -> None:
    found = phisift.detect(case.text, label=case.label)
    assert [(it.entity, case.text[it.start : it.end]) for it in found] == [(mark[0], mark[2]) for mark in case.marks]
    for it, (_, role, _) in zip(found, case.marks, strict=True):
        assert role is None or it.role == role

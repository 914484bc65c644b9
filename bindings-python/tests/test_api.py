"""What the binding itself promises: types, offsets, buffers, errors."""

from __future__ import annotations

import threading

import pytest

import phisift

TEXT = "🏥 re\u0301cit, SSN: 123-45-6788"


def test_detections_are_frozen_and_hold_no_text() -> None:
    (found,) = phisift.detect(TEXT)
    assert TEXT[found.start : found.end] == "123-45-6788"
    assert (found.entity, found.category, found.band, found.validated) == ("us_ssn", "G", "high", True)
    assert 0.85 <= found.score <= 1
    assert isinstance(found.evidence, tuple)
    assert "cue:us_ssn" in found.evidence or "label:us_ssn" in found.evidence
    assert "123-45-6788" not in repr(found)
    with pytest.raises(AttributeError):
        found.score = 0.0  # type: ignore[misc]
    assert phisift.detect(TEXT) == [found]


def test_many_texts_give_packed_buffers() -> None:
    texts = [TEXT, "nothing here", "", "SSN 123-45-6788 and SSN 234-56-7899"]
    found = phisift.detect_many(iter(texts))
    assert len(found) == 3
    assert found.text_index.tolist() == [0, 3, 3]
    assert {found.entities[it] for it in found.entity_id} == {"us_ssn"}
    values = [texts[text][start:end] for text, start, end in zip(found.text_index, found.start, found.end, strict=True)]
    assert values == ["123-45-6788", "123-45-6788", "234-56-7899"]
    assert all(score > 0.5 for score in found.score)
    assert (found.text_index.format, found.entity_id.format, found.score.format) == ("I", "H", "f")
    assert found.start.readonly


def test_redaction_replaces_values() -> None:
    assert phisift.redact(TEXT) == "🏥 re\u0301cit, SSN: [us_ssn]"
    assert "123-45-6788" not in phisift.redact(TEXT, "mask")
    assert phisift.redact("nothing here") == "nothing here"


def test_options_choose_entities() -> None:
    assert phisift.detect(TEXT, skip=["us_ssn"]) == []
    assert len(phisift.detect(TEXT, only=["us_ssn"])) == 1
    assert phisift.detect(TEXT, min_score=1.0) == []


def test_error_kinds_are_classes() -> None:
    with pytest.raises(phisift.UsageError):
        phisift.detect(TEXT, only=["no_such_entity"])
    with pytest.raises(phisift.UsageError):
        phisift.redact(TEXT, "no_such_strategy")
    with pytest.raises(phisift.PatternError):
        phisift.Detector(patterns={"mine.toml": "id = 'mine'\nunknown = 1"})
    assert issubclass(phisift.PatternError, phisift.Error)
    with pytest.raises(TypeError):
        phisift.detect(b"bytes")  # type: ignore[arg-type]


def test_an_error_never_holds_the_text() -> None:
    with pytest.raises(phisift.Error) as caught:
        phisift.detect("SSN 123-45-6788 \ud800")
    assert "123-45-6788" not in repr(caught.value)
    assert caught.value.__cause__ is None


def test_own_patterns_are_found() -> None:
    pattern = """
id = "study_code"
name = "Study code"
category = "R"
source = "test"
regex = 'ZQ-[0-9]{5}'
examples = ["[[study_code:ZQ-12345]]"]
counter_examples = ["ZQ-1234"]
[score]
bare = 0.9
cue = 0.95
label = 0.95
"""
    detector = phisift.Detector(patterns={"study_code.toml": pattern})
    (found,) = detector.detect("in ZQ-12345 since")
    assert (found.entity, found.start, found.end) == ("study_code", 3, 11)
    assert detector.ruleset_hash != phisift.Detector().ruleset_hash


def test_threads_share_a_detector() -> None:
    detector = phisift.Detector()
    answers: list[int] = []
    work = lambda: answers.append(len(detector.detect(TEXT * 50)))  # noqa: E731
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert len(set(answers)) == 1

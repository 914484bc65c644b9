"""Finds electronic protected health information (ePHI) in text.

Offsets count code points: ``text[found.start:found.end]`` is the value.
"""

from ._core import (
    CancelledError,
    ClosedError,
    Detection,
    Detections,
    Detector,
    Error,
    IoError,
    PatternError,
    UsageError,
    __version__,
    detect,
    detect_many,
    redact,
)

__all__ = [
    "CancelledError",
    "ClosedError",
    "Detection",
    "Detections",
    "Detector",
    "Error",
    "IoError",
    "PatternError",
    "UsageError",
    "__version__",
    "detect",
    "detect_many",
    "redact",
]

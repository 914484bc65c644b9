"""Retries a call with growing pauses."""

import random
import time


def retry(call, attempts=5, base=0.25, ceiling=8.0):
    """Calls until it works; raises what the last attempt raised."""
    for attempt in range(1, attempts + 1):
        try:
            return call()
        except OSError:
            if attempt == attempts:
                raise
            pause = min(ceiling, base * 2 ** (attempt - 1))
            time.sleep(pause * random.uniform(0.5, 1.5))

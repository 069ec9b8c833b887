"""What long calls report."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, NamedTuple

log = logging.getLogger("cuvae")


class Epoch(NamedTuple):
    """An epoch of training that is over; losses are in nats a row for `best` and `fast`."""

    epoch: int  #: from 1
    epochs: int  #: in all
    reconstruction: float
    kl: float


#: Called after each epoch; returning False or raising stops training.
Callback = Callable[[Epoch], object]


class Listener:
    """What the library tells, as bars and to a callback. The library calls it from its threads."""

    def __init__(self, bars: Any, callback: Callback | None) -> None:
        self._bars = bars
        self._bar: Any = None
        self._stage = ""
        self._callback = callback

    def progress(self, stage: str, done: int, total: int) -> None:
        if self._bars is None:
            return
        if stage != self._stage:
            self.close()
            self._stage = stage
            unit = "B" if stage == "read" else "rows" if stage != "evaluate" else "steps"
            self._bar = self._bars(desc=stage, unit=unit, unit_scale=True, leave=False)
        if total:
            self._bar.total = total
        self._bar.update(done - self._bar.n)

    def finished(self, stage: str) -> None:
        self.close()

    def epoch(self, epoch: int, epochs: int, reconstruction: float, kl: float) -> bool:
        if self._bar is not None:
            self._bar.set_postfix(epoch=f"{epoch}/{epochs}", loss=f"{reconstruction + kl:.3f}")
        answer = self._callback and self._callback(Epoch(epoch, epochs, reconstruction, kl))
        return answer is not False

    def note(self, text: str) -> None:
        log.info(text)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = None
        self._stage = ""


class listening:
    """A Listener for the length of a call, or None where nobody listens."""

    def __init__(self, progress: bool, callback: Callback | None = None) -> None:
        bars: Any = None
        if progress:
            try:
                import tqdm.auto

                bars = tqdm.auto.tqdm
            except ImportError:
                pass
        quiet = bars is None and callback is None and not log.isEnabledFor(logging.INFO)
        self._listener = None if quiet else Listener(bars, callback)

    def __enter__(self) -> Listener | None:
        return self._listener

    def __exit__(self, *_: object) -> None:
        if self._listener is not None:
            self._listener.close()

"""Contestants that run in turn, each run in a process of its own; medians with their spread."""
import json
import statistics
import subprocess
import time
from dataclasses import dataclass, field


@dataclass
class Contestant:
    name: str
    command: list
    environment: dict = None
    results: list = field(default_factory=list)  # one dictionary a run
    failure: str = ""

    def seconds(self):
        return [result["seconds"] for result in self.results]

    def median(self):
        return statistics.median(self.seconds())

    def run(self, limit):
        """A failing peer is a result to be shown, not the end of the comparison."""
        try:
            start = time.perf_counter()
            done = subprocess.run([str(part) for part in self.command], capture_output=True, text=True, timeout=limit,
                                  env=self.environment)
            wall = time.perf_counter() - start
            if done.returncode != 0:
                lines = done.stderr.strip().splitlines()
                raise RuntimeError(lines[-1] if lines else f"ended with {done.returncode}")
            result = json.loads(done.stdout[done.stdout.index("{"):]) if "{" in done.stdout else {}
            if not isinstance(result.get("seconds"), float):  # the tool itself gives the seconds of its parts
                result = {**result, "parts": result.get("seconds"), "seconds": wall}
            self.results.append(result)
        except (OSError, RuntimeError, ValueError, subprocess.TimeoutExpired) as error:
            self.failure = " ".join(str(error).split())[:160]


def in_turn(contestants, rounds, limit, say):
    """Each round starts with another contestant, so that none is always behind the same one."""
    for number in range(rounds):
        shift = number % len(contestants)
        for contestant in contestants[shift:] + contestants[:shift]:
            if contestant.failure:
                continue
            contestant.run(limit)
            say(f"  round {number + 1} {contestant.name}: "
                + (contestant.failure or f"{contestant.results[-1]['seconds']:.3f} s"))
    return contestants


def spread(values):
    """The median and the range: 1.23 (1.20 to 1.31)."""
    middle = statistics.median(values)
    digits = 0 if middle >= 100 else 1 if middle >= 10 else 2 if middle >= 1 else 3
    return f"{middle:.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"

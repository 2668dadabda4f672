"""Time and memory of a whole command, as the operating system accounts for it.

The command is started by a small process of its own (this file, run as a script), because a child's peak memory
is never accounted below that of the process that started it.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """Medians over the runs of a command: wall seconds and peak memory in MB (10^6 bytes)."""

    seconds: float
    megabytes: float


def measure(command: Sequence[str], runs: int = 5) -> Measured:
    """Run a command once to warm up, then `runs` times. A command that fails stops the benchmark."""
    _once(command)
    results = [_once(command) for _ in range(runs)]
    return Measured(
        statistics.median(seconds for seconds, _ in results), statistics.median(memory for _, memory in results)
    )


def _once(command: Sequence[str]) -> tuple[float, float]:
    starter = [sys.executable, "-I", "-S", __file__, *command]
    seconds, megabytes = json.loads(subprocess.run(starter, check=True, stdout=subprocess.PIPE).stdout)
    return seconds, megabytes


def _start(command: Sequence[str]) -> None:
    start = time.perf_counter()
    process = os.posix_spawn(
        command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    )
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"{' '.join(command)}: exit status {os.waitstatus_to_exitcode(status)}")
    print(json.dumps([seconds, usage.ru_maxrss * 1024 / 1e6]))


if __name__ == "__main__":
    _start(sys.argv[1:])

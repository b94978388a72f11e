#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""build_progress.py NINJA ARGUMENT...: runs ninja and says how far it is.

On a terminal one line that changes in place; elsewhere a line every 30 seconds. What compilers say is
printed as it comes. The exit status is ninja's.
"""
import os
import queue
import re
import subprocess
import sys
import threading
import time

MARK = "@dyt "  # begins ninja's own lines, so that no compiler's line is taken for one
STATUS = re.compile(re.escape(MARK) + r"(\d+)/(\d+) ")
SECONDS_BETWEEN_LINES = 30


def duration(seconds):
    minutes = round(seconds / 60)
    return f"about {minutes} min left" if minutes > 0 else "less than a minute left"


class Progress:
    def __init__(self, stream, now=time.monotonic):
        self.stream = stream
        self.in_place = stream.isatty() and os.environ.get("TERM") != "dumb"
        self.now = now
        self.begun = self.said = now()
        self.done = self.total = 0
        self.shown = False

    def text(self):
        spent = self.now() - self.begun
        left = "" if self.done == 0 else ", " + duration(spent / self.done * (self.total - self.done))
        return f"build: {self.done} of {self.total} steps{left}"

    def step(self, done, total):
        self.done, self.total = done, total
        self.tick()

    def tick(self):
        """Also between steps: one may take minutes, and the time left grows with them."""
        if self.total == 0:
            return
        if self.in_place:
            self.stream.write("\r" + self.text() + "\033[K")
            self.stream.flush()
            self.shown = True
        elif self.now() - self.said >= SECONDS_BETWEEN_LINES and self.done < self.total:
            self.said = self.now()
            print(self.text(), file=self.stream, flush=True)

    def clear(self):
        if self.shown:
            self.stream.write("\r\033[K")
            self.shown = False

    def print(self, line):
        self.clear()
        self.stream.write(line)
        self.stream.flush()


def lines_of(stream, seconds):
    """Its lines as they come, and None where none has come for so long."""
    lines = queue.Queue()

    def read():
        for line in stream:
            lines.put(line)
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=seconds)
        except queue.Empty:
            yield None
            continue
        if line == "":
            return
        yield line


def main(command):
    progress = Progress(sys.stdout)
    environment = dict(os.environ, NINJA_STATUS=MARK + "%f/%t ")
    ninja = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, errors="replace")
    for line in lines_of(ninja.stdout, seconds=2):
        if line is None:
            progress.tick()
            continue
        status = STATUS.match(line)
        if status:
            progress.step(int(status[1]), int(status[2]))
        elif not line.startswith(("ninja: Entering directory", "ninja: no work to do")):
            progress.print(line)
    progress.clear()
    return ninja.wait()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)

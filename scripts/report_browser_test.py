#!/usr/bin/env python3
"""Opens a report in headless Chromium and looks at what a person would meet there.

    scripts/report_browser_test.py CUVAE

CUVAE is the command-line tool; it compares two small tables made here. In a narrow and in a wide window, dark and
light: no message on the console, nothing wider than the window, text that stands out from its ground, a text
alternative for every drawing, every jump within the page has its target, the Tab key goes from the top down, and on
the wide window all scores stand in one row. Ends with 77 where there is no Chromium. Python's standard library only.
"""
import json
import os
import random
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SKIPPED = 77
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 120  # for each answer of the browser
PHONE = 360
DESKTOP = 1280
ROWS = 600

# What the page is asked; gives a list of complaints.
QUESTIONS = r"""
(() => {
  const faults = [];
  const width = document.documentElement.scrollWidth;
  if (width > innerWidth) faults.push(`the page is ${width} wide in a window of ${innerWidth}`);
  for (const svg of document.querySelectorAll('svg')) {
    if (svg.getAttribute('role') !== 'img' || !(svg.getAttribute('aria-label') || '').trim())
      faults.push('a drawing without a text alternative: ' + svg.outerHTML.slice(0, 120));
  }
  for (const link of document.querySelectorAll('a[href^="#"]')) {
    if (!document.getElementById(link.getAttribute('href').slice(1)))
      faults.push('a jump to nothing: ' + link.getAttribute('href'));
  }
  if (document.querySelector('[tabindex]:not([tabindex="0"]):not([tabindex="-1"])'))
    faults.push('a tabindex that breaks the order of the page');
  const light = colour => {
    const [red, green, blue] = colour.match(/[\d.]+/g).slice(0, 3).map(x => {
      x /= 255;
      return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = light(getComputedStyle(document.body).backgroundColor);
  for (const place of ['body', '.note', 'h3', 'figcaption', 'svg text']) {
    const element = document.querySelector(place);
    if (!element) continue;
    const style = getComputedStyle(element);
    const ink = light(place === 'svg text' ? style.fill : style.color);
    const contrast = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    if (contrast < 4.5) faults.push(`contrast of ${place} is only ${contrast.toFixed(1)}`);
  }
  const tops = [...document.querySelectorAll('#scores .score')].map(x => x.getBoundingClientRect().top);
  const wanted = ['.histogram', '.cumulative', '.profile', '#missing'];
  for (const part of wanted) if (!document.querySelector(part)) faults.push('there is no ' + part);
  return {faults, dark: ground < 0.2, scores: tops.length, score_rows: new Set(tops).size};
})()
"""

FOCUSED = """
(() => {
  const box = document.activeElement.getBoundingClientRect();
  return document.activeElement === document.body ? null : box.top + scrollY;
})()
"""


def write_table(path, seed):
    """Amounts with a heavy tail, timestamps, labels, and missing cells in two columns."""
    draw = random.Random(seed)
    with open(path, "w", encoding="utf-8") as file:
        file.write("Amount,Paid at,Score,City\n")
        for _ in range(ROWS):
            amount = f"${draw.lognormvariate(3, 2):.2f}"
            minute = draw.randrange(0, 24 * 60, 7)
            moment = f"{draw.randrange(1, 29):02}/{draw.randrange(1, 13):02}/2023 {minute // 60:02}:{minute % 60:02}"
            score = "" if draw.random() < 0.2 else f"{draw.gauss(50, 10):.1f}"
            city = "" if draw.random() < 0.1 else draw.choice(["Ulm", "Bonn", "Jena"])
            file.write(f"{amount},{moment},{score},{city}\n")


class Browser:
    """Chromium, spoken to over two pipes in the protocol of its developer tools."""

    def __init__(self, program, profile):
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()

        def as_descriptors_3_and_4():
            # Both are moved out of the way first: either may be 3 or 4 itself.
            read, write = os.dup(to_browser), os.dup(from_browser)
            os.dup2(read, 3)
            os.dup2(write, 4)

        self._process = subprocess.Popen(
            [program, "--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--no-first-run", f"--user-data-dir={profile}", "about:blank"],
            preexec_fn=as_descriptors_3_and_4, close_fds=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self._rest = b""
        self._number = 0
        self._session = None
        self.messages = []
        self._loaded = False
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.ask(domain + ".enable")

    def close(self):
        self._process.kill()
        self._process.wait()
        os.close(self._in)
        os.close(self._out)

    def ask(self, method, **parameters):
        self._number += 1
        question = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            question["sessionId"] = self._session
        os.write(self._out, json.dumps(question).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") != self._number:
                continue
            if "error" in answer:
                sys.exit(f"the browser refuses {method}: {answer['error']}")
            return answer["result"]

    def value_of(self, script):
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in answer:
            sys.exit(f"the questions to the page fail: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def open(self, address):
        self._loaded = False
        self.ask("Page.navigate", url=address)
        while not self._loaded:
            self._next()

    def _next(self):
        until = time.monotonic() + SECONDS
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._in], [], [], max(0, until - time.monotonic()))
            part = os.read(self._in, 1 << 16) if ready else b""
            if not part:
                sys.exit("the browser does not answer")
            self._rest += part
        message, self._rest = self._rest.split(b"\0", 1)
        message = json.loads(message)
        event = message.get("method")
        if event in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
            self.messages.append(json.dumps(message["params"])[:300])
        self._loaded = self._loaded or event == "Page.loadEventFired"
        return message


def tab_order_faults(browser, presses):
    """Whether the Tab key ever goes up the page."""
    places = []
    for _ in range(presses):
        for kind in ("keyDown", "keyUp"):
            browser.ask("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
        place = browser.value_of(FOCUSED)
        if place is None:
            break
        places.append(place)
    if len(places) < 3:
        return [f"the Tab key reaches {len(places)} places only"]
    # The first is the jump over the header, which stands above all when it is seen. Cells of one line differ a little.
    return [f"the Tab key goes up from {a:.0f} to {b:.0f}" for a, b in zip(places[1:], places[2:]) if b < a - 60]


def look_at(browser, address, width, scheme):
    browser.messages.clear()
    browser.ask("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
    browser.ask("Emulation.setEmulatedMedia", features=[
        {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}])
    browser.open(address)
    seen = browser.value_of(QUESTIONS)
    faults = seen["faults"]
    if seen["dark"] != (scheme == "dark"):
        faults.append("the page does not follow the scheme of colours")
    if width == DESKTOP and seen["score_rows"] != 1:
        faults.append(f"{seen['scores']} scores stand in {seen['score_rows']} rows")
    if scheme == "light":
        faults += tab_order_faults(browser, 60)
    faults += [f"on the console: {message}" for message in browser.messages]
    return [f"{width} wide, {scheme}: {fault}" for fault in faults]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        print(f"skipped: there is none of {', '.join(BROWSERS)} here")
        return SKIPPED
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        tables = [Path(folder, name) for name in ("real.csv", "synthetic.csv")]
        for seed, table in enumerate(tables):
            write_table(table, seed)
        report = Path(folder, "report.html")
        subprocess.run([sys.argv[1], "evaluate", *tables, "--report", report, "--quiet", "--threads", "1"],
                       check=True)
        browser = Browser(program, Path(folder, "profile"))
        try:
            faults = [fault for width in (PHONE, DESKTOP) for scheme in ("light", "dark")
                      for fault in look_at(browser, report.as_uri(), width, scheme)]
        finally:
            browser.close()
    print("\n".join(faults) if faults else "the report is in order")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

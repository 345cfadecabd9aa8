"""A visitor of one web page, in a headless Chromium: visitor.py FOLDER [LANGUAGE].

Each line of standard input is a thing to do, as JSON, and each is answered by a line of JSON: {"value":…}, or
{"error":TEXT}. The end of standard input ends the browser; so does the end of this program, whatever ends it.

  {"do":"open","address":URL}
  {"do":"reload"}
  {"do":"until","holds":EXPRESSION}       waits until it is true in the page, for at most 30 seconds; its value
  {"do":"click","at":SELECTOR}            with the mouse: what lies there must be the element, and not what covers it
  {"do":"type","text":TEXT}               into what has the focus
  {"do":"press","key":KEY}                such as Enter, Escape or Tab
  {"do":"size","width":W,"height":H,"mobile":BOOL,"dark":BOOL}
  {"do":"picture","file":PATH}
  {"do":"troubles"}                       what the pages threw, and what the browser refused them
"""
import base64
import json
import os
import shutil
import subprocess
import sys

NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         "--remote-debugging-pipe", "--disable-background-networking", "--disable-component-update",
         "--no-proxy-server", "--hide-scrollbars", "--force-color-profile=srgb"]
WAIT = """new Promise((resolve, reject) => {
  const holds = () => { try { return %s; } catch (error) { return null; } };
  const end = Date.now() + 30000;
  const look = () => {
    const value = holds();
    if (value) resolve(value);
    else if (Date.now() > end) reject(new Error('it does not hold: ' + %s + '; the page says: '
      + document.body.innerText.slice(0, 1000)));
    else setTimeout(look, 20);
  };
  look();
})"""
MIDDLE = """(() => {
  const element = document.querySelector(%s);
  if (!element) return 'there is none';
  element.scrollIntoView({ block: 'nearest' });
  const { left, top, width, height } = element.getBoundingClientRect();
  const place = { x: left + width / 2, y: top + height / 2 };
  const found = document.elementFromPoint(place.x, place.y);
  return element.contains(found) ? place : `${found ? found.outerHTML.slice(0, 200) : 'nothing'} lies there`;
})()"""
KEYS = {"Enter": 13, "Escape": 27, "Tab": 9, "ArrowRight": 39, "ArrowLeft": 37, "ArrowUp": 38, "ArrowDown": 40}


class Browser:
    """Chromium's own protocol, over its pipe: a JSON object and a zero byte."""

    def __init__(self, folder, language):
        commands, self.commands = os.pipe()
        self.answers, answers = os.pipe()
        name = next(filter(shutil.which, NAMES))
        words = ["sh", "-c", f'exec "$0" "$@" 3<&{commands} 4>&{answers}', name, *FLAGS, f"--lang={language}",
                 f"--accept-lang={language}", f"--user-data-dir={folder}", "about:blank"]
        self.process = subprocess.Popen(words, pass_fds=[commands, answers], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(commands)
        os.close(answers)
        self.rest = b""
        self.number = 0
        self.troubles = []
        self.session = None
        targets = self.ask("Target.getTargets")["targetInfos"]
        target = next(target for target in targets if target["type"] == "page")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for part in ["Page", "Runtime", "Log"]:
            self.ask(f"{part}.enable")

    def ask(self, method, **parameters):
        self.number += 1
        command = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            command["sessionId"] = self.session
        os.write(self.commands, json.dumps(command).encode() + b"\0")
        while True:
            message = self.read()
            if message.get("id") == self.number:
                break
            self.note(message)
        if "error" in message:
            raise RuntimeError(message["error"]["message"])
        return message["result"]

    def read(self):
        while b"\0" not in self.rest:
            part = os.read(self.answers, 1 << 16)
            if not part:
                raise RuntimeError("the browser has ended")
            self.rest += part
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def note(self, message):
        if message.get("method") == "Runtime.exceptionThrown":
            details = message["params"]["exceptionDetails"]
            self.troubles.append(details.get("exception", {}).get("description", details["text"]))
        if message.get("method") == "Log.entryAdded" and message["params"]["entry"]["source"] == "security":
            entry = message["params"]["entry"]
            self.troubles.append(entry["text"])

    def evaluate(self, expression):
        answer = self.ask("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"]["description"])
        return answer["result"].get("value")

    def end(self):
        os.close(self.commands)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def until(browser, holds):
    return browser.evaluate(WAIT % (holds, json.dumps(holds)))


def click(browser, at):
    until(browser, f"document.querySelector({json.dumps(at)})")
    place = browser.evaluate(MIDDLE % json.dumps(at))
    if not isinstance(place, dict):
        raise RuntimeError(f"{at} cannot be clicked: {place}")
    for kind in ["mouseMoved", "mousePressed", "mouseReleased"]:
        button = "none" if kind == "mouseMoved" else "left"
        browser.ask("Input.dispatchMouseEvent", type=kind, button=button, clickCount=1, **place)


def press(browser, key):
    text = {"Enter": "\r"}.get(key)
    code = {"key": key, "windowsVirtualKeyCode": KEYS[key]}
    browser.ask("Input.dispatchKeyEvent", type="keyDown", **code, **({"text": text} if text else {}))
    browser.ask("Input.dispatchKeyEvent", type="keyUp", **code)


def size(browser, task):
    browser.ask("Emulation.setDeviceMetricsOverride", width=task["width"], height=task["height"],
                deviceScaleFactor=task.get("scale", 1), mobile=task["mobile"])
    browser.ask("Emulation.setTouchEmulationEnabled", enabled=task["mobile"])
    scheme = {"name": "prefers-color-scheme", "value": "dark" if task["dark"] else "light"}
    browser.ask("Emulation.setEmulatedMedia", features=[scheme])


def perform(browser, task):
    kind = task["do"]
    if kind == "open":
        browser.ask("Page.navigate", url=task["address"])
        return until(browser, f"location.href.startsWith({json.dumps(task['address'])}) && "
                     "document.readyState === 'complete'")
    if kind == "reload":
        browser.evaluate("window.isOld = true")
        browser.ask("Page.reload")
        while True:
            try:
                return until(browser, "!window.isOld && document.readyState === 'complete'")
            except RuntimeError as error:
                # The old page has gone while it was asked.
                if "navigated" not in str(error) and "context" not in str(error):
                    raise
    if kind == "until":
        return until(browser, task["holds"])
    if kind == "click":
        return click(browser, task["at"])
    if kind == "type":
        return browser.ask("Input.insertText", text=task["text"]) and None
    if kind == "press":
        return press(browser, task["key"])
    if kind == "size":
        return size(browser, task)
    if kind == "picture":
        with open(task["file"], "wb") as file:
            file.write(base64.b64decode(browser.ask("Page.captureScreenshot", format="png")["data"]))
        return None
    if kind == "troubles":
        browser.evaluate("0")
        return browser.troubles
    raise RuntimeError(f"nobody knows how to {kind}")


def main():
    browser = Browser(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "en-US")
    try:
        for line in sys.stdin:
            try:
                answer = {"value": perform(browser, json.loads(line))}
            except RuntimeError as error:
                answer = {"error": str(error)}
            print(json.dumps(answer), flush=True)
    finally:
        browser.end()


main()

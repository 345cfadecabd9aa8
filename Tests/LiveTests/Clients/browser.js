// A page of tests, in a browser: what is done stands in the address's fragment, as JSON; what comes of it is said to
// whoever serves this file, a line each. In an iframe of SockJS it does nothing.
(() => {
  'use strict';
  if (window !== window.parent) return;
  const home = new URL(document.currentScript.src).origin;
  const lines = [];
  let speaking = false;

  // One line at a time keeps their order.
  async function say(line) {
    lines.push(line);
    if (speaking) return;
    speaking = true;
    while (lines.length > 0) await fetch(`${home}/said`, { method: 'POST', body: lines.shift() });
    speaking = false;
  }

  // Everything that JSON, JavaScript, HTML or a URL could mangle.
  const controls = Array.from({ length: 160 }, (_, code) => String.fromCharCode(code)).join('');
  const texts = [
    'a', '', ' ', 'Привет, мир', '👩‍👩‍👧‍👦 и 日本語 \u{10ffff}', controls, '\u200b\u2028\u2029\ufeff\ufff0\uffff\ufdd0',
    '"\\/\b\f\n\r\t\\u0041\\', '</script><!--<script>]]>&amp;&#x41;<h1>', '%41%%+a+b&d=c;e', '[]', 'a["x"]', 'null',
    'x'.repeat(3000),
  ];
  const numbers = Array.from({ length: 300 }, (_, number) => `number ${number}`);
  const large = ['я'.repeat(20000), '\u0000"\\'.repeat(5000)];

  function messages(task) {
    return [...texts, ...numbers.slice(0, task.many), ...large];
  }

  // What came instead of what was sent, if it is not the same.
  function difference(sent, came) {
    const index = sent.findIndex((text, place) => text !== came[place]);
    if (index < 0 && sent.length === came.length) return null;
    return `${came.length} of ${sent.length}, message ${index}: ${String(JSON.stringify(came[index])).slice(0, 200)}`;
  }

  // Sends all, waits until all have come back, and closes. `made` is a SockJS or a WebSocket.
  function converse(made, task) {
    return new Promise((resolve) => {
      const sent = messages(task);
      const came = [];
      let trouble = 'not opened';
      const timer = setTimeout(() => {
        trouble = `silent after ${difference(sent, came)}`;
        made.close();
        resolve(trouble);
      }, 30000);
      made.onopen = () => {
        trouble = null;
        sent.forEach((text) => made.send(text));
      };
      made.onmessage = (event) => {
        came.push(event.data);
        if (came.length === sent.length) made.close(1000, 'done');
      };
      made.onclose = (event) => {
        clearTimeout(timer);
        trouble = trouble || difference(sent, came);
        resolve(trouble || `${sent.length} messages, closed ${event.code}`);
      };
    });
  }

  async function perform(task) {
    const made = task.transport ? new SockJS(task.address, null, { transports: task.transport })
      : new WebSocket(task.address);
    let name;
    made.addEventListener('open', () => { name = task.transport ? made.transport : made.extensions; });
    const outcome = await converse(made, task);
    return `${name}: ${outcome}`;
  }

  async function run() {
    const tasks = JSON.parse(decodeURIComponent(location.hash.slice(1)));
    // One after the other: a browser opens only six connections to a server at a time.
    for (const task of tasks) say(await perform(task));
  }

  window.addEventListener('load', () => run().catch((error) => say(`failed: ${error}`)));
})();

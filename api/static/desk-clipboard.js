/* Copying what stands in a field, as text and, if wished, as HTML for a mail. */
"use strict";

const DeskClipboard = (() => {
  /** Copy the text of `area`, and `html` beside it unless that is empty; tell whether the browser allowed it. */
  async function write(area, html) {
    try {
      const kinds = { "text/plain": area.value, ...(html ? { "text/html": html } : {}) };
      const blobs = Object.fromEntries(Object.entries(kinds).map(([kind, each]) => [kind, new Blob([each], { type: kind })]));
      await navigator.clipboard.write([new ClipboardItem(blobs)]);
      return true;
    } catch {
      return writeWithoutClipboard(area, html); // there is no clipboard without https
    }
  }

  function writeWithoutClipboard(area, html) {
    const give = (event) => {
      event.clipboardData.setData("text/plain", area.value);
      if (html) event.clipboardData.setData("text/html", html);
      event.preventDefault();
    };
    const [before, from, to] = [document.activeElement, area.selectionStart, area.selectionEnd];
    area.select();
    document.addEventListener("copy", give, { once: true });
    const done = document.execCommand("copy");
    document.removeEventListener("copy", give);
    area.setSelectionRange(from, to);
    before?.focus();
    return done;
  }

  return { write };
})();

// Articles that may answer, while a message is written. They change only while the message is being written: nothing
// moves under a finger that is on its way to another field or to the button.
const PAUSE_MS = 700, MIN_CHARS = 12;

for (const form of document.querySelectorAll("form[data-contact]")) {
  const { message, query_id: queryId } = form.elements;
  const section = form.querySelector("[data-suggested]");
  const answered = form.querySelector("[data-answered]");
  const list = section.querySelector("ul");
  const template = section.querySelector("template");
  let request, pause;

  async function ask() {
    const mine = (request = new AbortController());
    const found = await post("suggestions", { text: message.value, lang: form.dataset.lang }, mine.signal);
    if (!found || mine !== request || document.activeElement !== message) return;
    list.replaceChildren(...found.suggestions.map(item));
    section.hidden = !found.suggestions.length;
  }

  function item(suggestion) {
    const node = template.content.cloneNode(true).firstElementChild;
    const link = node.querySelector("a");
    link.textContent = suggestion.title;
    Object.assign(link, { href: suggestion.url, target: "_blank", rel: "noopener" });
    node.lang = suggestion.lang;
    node.querySelector("p").textContent = suggestion.text;
    const button = node.querySelector("button");
    button.lang = form.dataset.lang;
    button.addEventListener("click", async () => {
      await post("deflections", { article_id: suggestion.article_id, query_id: queryId?.value });
      section.hidden = true;
      answered.hidden = false;
      answered.focus();
    });
    return node;
  }

  message.addEventListener("input", () => {
    request?.abort();
    clearTimeout(pause);
    answered.hidden = true;
    if (message.value.trim().length < MIN_CHARS) section.hidden = true;
    else pause = setTimeout(ask, PAUSE_MS);
  });
}

async function post(path, content, signal) {
  const headers = { "Content-Type": "application/json" };
  try {
    const response = await fetch(`/api/v1/contact/${path}`, { method: "POST", headers, body: JSON.stringify(content), signal });
    return response.ok ? await response.json() : null;
  } catch {
    return null; // offline, or outdated: the form itself still works
  }
}

// Suggestions while somebody types: prefixes after each key, the whole search after a pause. The form works without.
const KEY_MS = 40, PAUSE_MS = 400, MIN_CHARS = 2, MAX_OPTIONS = 6;

for (const form of document.querySelectorAll("form[data-suggest]")) suggest(form);

// Where there is no mouse, a keyboard would come up and cover the page.
if (document.activeElement === document.body && matchMedia("(hover: hover)").matches)
  document.querySelector("input[data-focus]")?.focus({ preventScroll: true });

document.addEventListener("keydown", event => {
  const isTyped = event.target.closest?.("input, textarea, select, [contenteditable]");
  const input = document.querySelector("form[data-suggest] input");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyped || !input) return;
  event.preventDefault();
  input.focus();
  input.select();
});

function suggest(form) {
  const input = form.elements.q;
  const { lang, label, counts } = form.dataset;
  const list = element("div", { id: `${input.id}-list`, class: "listbox", role: "listbox", "aria-label": label, hidden: "" });
  const status = element("p", { class: "hidden", role: "status" });
  let request, soon, later, active = -1, touched = false;

  form.append(list, status);
  set(input, { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": false });

  function halt() {
    request?.abort();
    clearTimeout(soon);
    clearTimeout(later);
  }

  function typed() {
    halt();
    choose(-1);
    if (input.value.trim().length < MIN_CHARS) return empty();
    soon = setTimeout(ask, KEY_MS, false);
    later = setTimeout(ask, PAUSE_MS, true);
  }

  // What comes late is dropped: only the request made last may be shown.
  async function ask(isWhole) {
    request?.abort();
    const mine = (request = new AbortController());
    const query = new URLSearchParams({ q: input.value, lang, limit: MAX_OPTIONS, [isWhole ? "unsent" : "typing"]: true });
    try {
      const response = await fetch(`/api/v1/search?${query}`, { signal: mine.signal });
      if (response.ok) show(await response.json(), isWhole, mine);
    } catch {} // offline, or outdated: the form still leads to the results
  }

  function show(found, isWhole, mine) {
    if (mine !== request || found.outcome === "handoff") return;
    const options = found.hits.map(hit => option(hit, found));
    if (!isWhole && !options.length && !list.hidden) return; // a slip: the whole search may know better
    // Under a pointer, a finger or the keyboard's choice nothing moves: what is new comes below.
    const isHeld = isWhole && !list.hidden && (active >= 0 || touched || list.matches(":hover"));
    const kept = isHeld ? [...list.children] : [];
    const isNew = each => !kept.some(other => other.dataset.article === each.dataset.article);
    const shown = [...kept, ...options.filter(isNew)].slice(0, MAX_OPTIONS);
    shown.forEach((each, place) => (each.id = `${list.id}-${place}`));
    list.replaceChildren(...shown);
    status.textContent = counts.split("|")[shown.length];
    if (document.activeElement === input) open(shown.length > 0);
  }

  function option(hit, found) {
    const answer = found.answer?.article_id === hit.article_id ? found.answer : null;
    const href = (answer ?? hit).url.replace(/(?=#|$)/, `?query_id=${found.query_id}`);
    const states = { href, lang: hit.lang, role: "option", tabindex: -1, "aria-selected": false, "data-article": hit.article_id };
    const text = answer ? element("span", { class: "answers" }, answer.text) : element("span", {}, ...marked(hit.snippet));
    return element("a", states, element("strong", {}, hit.title), text);
  }

  function open(isOpen) {
    list.hidden = !isOpen;
    set(input, { "aria-expanded": isOpen });
    if (!isOpen) choose(-1);
  }

  function empty() {
    halt();
    list.replaceChildren();
    status.textContent = "";
    open(false);
  }

  function choose(place) {
    active = place;
    const chosen = list.children[place];
    for (const each of list.children) set(each, { "aria-selected": each === chosen });
    set(input, { "aria-activedescendant": chosen?.id ?? "" });
    chosen?.scrollIntoView({ block: "nearest" });
  }

  function pressed(event) {
    if (event.isComposing || event.keyCode === 229) return; // the key belongs to an input method
    const last = list.children.length - 1;
    const moves = { ArrowDown: active < last ? active + 1 : -1, ArrowUp: active < 0 ? last : active - 1 };
    if (active >= 0) Object.assign(moves, { Home: 0, End: last });
    if (event.key in moves && last >= 0) {
      open(true);
      choose(moves[event.key]);
    } else if (event.key === "Enter" && active >= 0) list.children[active].click();
    else if (event.key === "Escape" && !list.hidden) open(false);
    else return;
    event.preventDefault();
  }

  const isOutside = node => node && !form.contains(node);
  input.addEventListener("input", typed);
  input.addEventListener("keydown", pressed);
  form.addEventListener("submit", halt);
  form.addEventListener("focusout", event => isOutside(event.relatedTarget) && open(false));
  list.addEventListener("mousedown", event => event.preventDefault()); // the field keeps the focus
  list.addEventListener("pointerdown", () => (touched = true));
  addEventListener("pointerup", () => (touched = false));
  addEventListener("pointercancel", () => (touched = false));
  addEventListener("pointerdown", event => isOutside(event.target) && open(false));
  addEventListener("pagehide", empty);
}

// A snippet is text with <mark> in it; it is taken apart and built anew, so that nothing else can come of it.
function marked(html) {
  const nodes = [...new DOMParser().parseFromString(html, "text/html").body.childNodes];
  return nodes.map(({ nodeName, textContent }) => (nodeName === "MARK" ? element("mark", {}, textContent) : textContent));
}

function element(name, attributes, ...children) {
  const node = set(document.createElement(name), attributes);
  node.append(...children);
  return node;
}

function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

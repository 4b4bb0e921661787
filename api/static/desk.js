/* Every page for staff: what is kept while the tab is open, search, menus. The server writes every word of HTML. */
"use strict";

const Desk = (() => {
  const STORED = "kb-desk";
  const NOTHING = {
    message: "", lang: "", tone: "", asked: "", askedWith: {}, values: {}, fresh: {}, results: "", fields: "", reply: {}, rejected: [],
    isDone: false, isTold: false, before: [], pending: "", read: "",
  };
  const byId = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const holder = document.body.dataset.holder || "";

  // ---- what is kept while this tab is open --------------------------------------------------------------------------
  function kept() {
    try {
      const found = JSON.parse(sessionStorage.getItem(STORED) || "{}");
      // Who signs in next in this tab must not find another agent's customer.
      return holder && found.holder && found.holder !== holder ? { ...NOTHING } : { ...NOTHING, ...found };
    } catch {
      return { ...NOTHING };
    }
  }
  const state = kept();
  function keep() {
    try {
      sessionStorage.setItem(STORED, JSON.stringify({ ...state, holder, read: document.documentElement.lang }));
    } catch { /* full or forbidden: the page works, and forgets on reload */ }
  }
  byId("sign-out")?.addEventListener("submit", () => sessionStorage.removeItem(STORED));

  // ---- telling ------------------------------------------------------------------------------------------------------
  const words = byId("words")?.dataset || {};
  function say(text, { isShown = true } = {}) {
    const live = byId("live");
    live.textContent = "";
    setTimeout(() => { live.textContent = text; }, 30); // the same words twice are two announcements
    const toast = byId("toast");
    if (toast && isShown) {
      toast.textContent = text;
      toast.dataset.shown = String(Date.now());
      setTimeout(() => { if (Date.now() - Number(toast.dataset.shown) >= 3900) toast.textContent = ""; }, 4000);
    }
  }
  async function ask(url, options = {}) {
    let answer;
    try {
      answer = await fetch(url, { credentials: "same-origin", ...options });
    } catch {
      say(words.failed);
      return null;
    }
    if (answer.status === 401) {
      say(words.signedOut);
      return null;
    }
    return answer;
  }
  async function pageOf(answer) {
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }

  // ---- search, on every page ----------------------------------------------------------------------------------------
  const find = byId("find");
  const panel = byId("found-panel");
  let lookup = 0;
  let waiting = 0;
  async function look(typing) {
    const asked = ++lookup;
    const query = new URLSearchParams(new FormData(find));
    if (!query.get("q").trim()) return hideFound();
    if (typing) query.set("typing", "true");
    const answer = await ask(`/agent/search?${query}`);
    if (!answer || asked !== lookup) return; // an older answer must not replace a newer one
    const found = (await pageOf(answer)).getElementById("found");
    if (!found) return;
    panel.replaceChildren(found);
    panel.hidden = false;
    offerInserting(panel);
    if (!typing) panel.querySelector("a")?.focus();
  }
  function hideFound() {
    if (!panel) return;
    lookup += 1;
    panel.hidden = true;
    panel.replaceChildren();
  }
  if (find && panel) {
    find.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(waiting); look(false); });
    find.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(() => look(true), 180); });
    document.addEventListener("click", (event) => { if (!panel.contains(event.target) && !find.contains(event.target)) hideFound(); });
  }
  function offerInserting(within) {
    for (const button of all("[data-insert]", within)) {
      button.hidden = false;
      button.addEventListener("click", () => {
        hideFound();
        if (desk.insert) return desk.insert(button.dataset.insert);
        state.pending = button.dataset.insert;
        keep();
        location.assign("/agent");
      });
    }
  }

  offerInserting(byId("main"));

  // ---- menus --------------------------------------------------------------------------------------------------------
  function closeMenus(but) {
    for (const menu of all(".desk-menu[open]")) if (menu !== but) menu.open = false;
  }
  document.addEventListener("click", (event) => closeMenus(event.target.closest(".desk-menu")));

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") {
      hideFound();
      closeMenus();
      if (isTyping(event)) byId("main").focus();
    } else if (event.key === "/" && find && isShortcut(event)) {
      event.preventDefault();
      byId("q").focus();
    }
  });
  const isTyping = (event) => event.target.matches("input, textarea, select");
  /** Whether a key without Ctrl is a command: not while somebody types, and not for who has switched that off. */
  function isShortcut(event) {
    return !isTyping(event) && !event.ctrlKey && !event.metaKey && !event.altKey && localStorage.getItem("kb-single-keys") !== "off";
  }

  const desk = { NOTHING, byId, all, state, keep, words, say, ask, pageOf, isShortcut, insert: null };
  return desk;
})();

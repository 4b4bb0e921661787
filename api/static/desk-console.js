/* The console, quicker: texts are moved into the reply and filled in, and what became of them is told. Needs desk.js. */
"use strict";

(() => {
  const desk = Desk;
  const { NOTHING, byId, all, state, keep, words, say, ask, pageOf, isShortcut } = Desk;

  // ---- the reply ----------------------------------------------------------------------------------------------------
  const area = byId("reply");
  const reply = new DeskText.Reply(state.reply);
  const fields = () => all("[data-variable]");
  const values = () => ({
    "store.name": document.body.dataset.store,
    ...Object.fromEntries(fields().map((field) => [field.dataset.variable, field.value])),
  });

  function show({ caret } = {}) {
    if (area.value !== reply.text) area.value = reply.text;
    if (caret !== undefined) area.setSelectionRange(caret, caret);
    paint();
    const open = DeskText.open(reply.text);
    const isEmpty = !reply.text.trim();
    const label = (name) => fields().find((field) => field.dataset.variable === name)?.labels[0].textContent || name;
    byId("reply-state").textContent = isEmpty ? "" : open.length ? `${words.open} ${open.map(label).join(", ")}` : words.ready;
    byId("reply-state").className = `state ${isEmpty ? "" : open.length ? "open" : "ready"}`;
    for (const field of fields()) {
      field.classList.toggle("wanted", open.includes(field.dataset.variable));
      if (reply.variables.some((variable) => variable.name === field.dataset.variable)) field.parentElement.hidden = false;
    }
    byId("copy").disabled = byId("copy-html").disabled = isEmpty;
    const outcomes = reply.outcomes(values());
    const isEdited = outcomes.some((each) => each.outcome === "edited");
    byId("sent").hidden = isEmpty || open.length > 0 || !outcomes.length;
    for (const each of all("[data-verdict]")) each.hidden = (each.dataset.verdict === "edited") !== isEdited;
    state.reply = { text: reply.text, variables: reply.variables, blocks: reply.blocks };
    keep();
  }

  /** Mark what is open behind the text: a field for typing cannot hold colours itself. */
  function paint() {
    const backdrop = byId("backdrop");
    const pieces = reply.text.split(/(\{\{[^{}\n]{0,300}\}\}|\[\[[^[\]]{1,400}\]\])/);
    backdrop.replaceChildren(...pieces.map((piece, index) => {
      const node = document.createElement(index % 2 ? "mark" : "span");
      node.textContent = piece;
      return node;
    }), "\n");
    area.style.setProperty("height", "auto");
    area.style.setProperty("height", `${area.scrollHeight + 2}px`);
  }

  function put(template, parts) {
    const caret = reply.insert(reply.nextPlace(), template, values(), parts);
    show({ caret });
    say(words.inserted);
  }

  const draftText = () => DeskText.fill(byId("draft")?.dataset.template || "", values()).text;
  function useDraft() {
    const draft = byId("draft");
    if (!draft?.dataset.template) return;
    state.isDone = false;
    reply.typed("");
    const parts = all(".suggestion").map((card) => ({ id: card.dataset.id, template: card.dataset.template }));
    // Each question's first text is what the draft is made of.
    reply.insert(0, draft.dataset.template, values(), parts.filter((part) => draft.dataset.template.includes(part.template)));
    show({ caret: 0 });
  }

  async function copy(asHtml) {
    const text = reply.text;
    const done = await (asHtml ? copyAs(text, DeskText.asHtml(text)) : copyAs(text, ""));
    const open = DeskText.open(text);
    state.isDone ||= done;
    keep();
    say(!done ? words.notCopied : open.length ? `${words.copiedOpen} ${open.join(", ")}` : words.copied);
  }
  async function copyAs(text, html) {
    try {
      const kinds = { "text/plain": text, ...(html ? { "text/html": html } : {}) };
      const blobs = Object.fromEntries(Object.entries(kinds).map(([kind, each]) => [kind, new Blob([each], { type: kind })]));
      await navigator.clipboard.write([new ClipboardItem(blobs)]);
      return true;
    } catch {
      return copyWithoutClipboard(text, html); // there is no clipboard without https
    }
  }
  function copyWithoutClipboard(text, html) {
    const give = (event) => {
      event.clipboardData.setData("text/plain", text);
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

  // ---- what became of it --------------------------------------------------------------------------------------------
  function tell(id, content) {
    return ask(`/api/v1/agent/suggestions/${id}/outcome`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(content),
    });
  }
  async function sent() {
    if (byId("sent").hidden) return;
    const told = reply.outcomes(values()).map(({ id, ...content }) => tell(id, content));
    const answers = await Promise.all(told);
    if (answers.every((answer) => answer?.ok)) {
      say(words.recorded);
      state.isDone = true;
      keep();
      byId("start-over").focus();
    } else if (answers.every(Boolean)) say(words.failed);
  }
  async function reject(card) {
    const answer = await tell(card.dataset.id, { outcome: "rejected" });
    if (!answer) return;
    if (!answer.ok) return say(words.failed);
    state.rejected.push(card.dataset.id);
    markRejected(card);
    keep();
    say(words.recorded);
  }
  function markRejected(card) {
    card.classList.add("rejected");
    card.open = false;
    card.querySelector("[data-do=reject]").setAttribute("aria-pressed", "true");
  }

  // ---- message and results ------------------------------------------------------------------------------------------
  const form = byId("ask");
  /** Whether it is another message than the one that was asked last, and not that one mended. */
  const isOther = (message) => Boolean(state.asked) && !message.includes(state.asked) && !state.asked.includes(message);
  async function findReplies() {
    const message = byId("message").value;
    if (form.getAttribute("aria-busy")) return;
    if (message.length > Number(byId("message").dataset.max)) return say(words.long);
    // The name and the order of the customer before must not get into this one's reply.
    const isOver = isOther(message) && (state.isDone || reply.text === draftText());
    if (isOther(message)) forgetCustomer((name) => state.fresh.includes(name));
    form.setAttribute("aria-busy", "true");
    say(words.searching, { isShown: false });
    const answer = await ask("/agent", { method: "POST", body: new URLSearchParams(new FormData(form)) });
    form.removeAttribute("aria-busy");
    if (!answer) return;
    const page = await pageOf(answer);
    const problem = page.getElementById("message-problem");
    if (problem || !page.getElementById("results")) return say(problem?.textContent || words.failed);
    Object.assign(state, { rejected: [], asked: message, fresh: [] });
    takeResults(page.getElementById("results").innerHTML, page.getElementById("variables").innerHTML);
    say(`${words.results} ${all(".suggestion").length}`, { isShown: false });
    if (isOver || !reply.text.trim()) useDraft();
    (all("[data-variable].wanted")[0] || cards()[0]?.querySelector("summary") || byId("message")).focus();
  }
  function takeResults(results, variables, { isRestored = false } = {}) {
    Object.assign(state, { results, fields: variables });
    byId("results").replaceChildren(...new DOMParser().parseFromString(results, "text/html").body.childNodes);
    byId("variables").replaceChildren(...new DOMParser().parseFromString(variables, "text/html").body.childNodes);
    for (const field of fields()) {
      if (isRestored && field.dataset.variable in state.values) field.value = state.values[field.dataset.variable];
    }
    for (const card of cards()) {
      for (const button of all("[data-do]", card)) button.hidden = false;
      if (state.rejected.includes(card.dataset.id)) markRejected(card);
    }
    byId("use-draft").hidden = !byId("draft")?.dataset.template;
    filled();
  }
  /** A value was typed: fill it in wherever its variable stands. */
  function filled() {
    for (const field of fields()) state.values[field.dataset.variable] = field.value;
    const place = reply.refill(values());
    const caret = document.activeElement === area ? place(area.selectionStart) : undefined;
    for (const card of cards()) card.querySelector(".said").textContent = DeskText.fill(card.dataset.template, values()).text;
    show({ caret });
  }
  const cards = () => all(".suggestion");
  const insert = (card) => card && put(card.dataset.template, [{ id: card.dataset.id, template: card.dataset.template }]);
  function forgetCustomer(isKept = () => false) {
    for (const field of fields()) {
      const name = field.dataset.variable;
      if (name !== "agent.name" && !isKept(name)) field.value = "";
      state.values[name] = field.value;
    }
  }
  function restoreValues() {
    for (const field of fields()) field.value ||= state.values[field.dataset.variable] || "";
    filled();
  }
  let isWarned = false;
  /** Begin anew; a reply of the agent's own that was neither copied nor sent goes with the second time only. */
  function startOver() {
    const isAtStake = reply.text.trim() && !state.isDone && reply.text !== draftText();
    if (isAtStake && !isWarned) {
      isWarned = true;
      setTimeout(() => { isWarned = false; }, 5000);
      return say(words.again);
    }
    isWarned = false;
    forgetCustomer();
    Object.assign(state, { ...NOTHING, values: state.values });
    byId("results").replaceChildren();
    byId("message").value = "";
    byId("use-draft").hidden = true;
    reply.typed("");
    show();
    byId("message").focus();
  }

  function begin() {
    if (state.message && !byId("message").value) byId("message").value = state.message;
    if (state.lang) byId("message_lang").value = state.lang;
    const isFresh = byId("results").querySelector("#draft");
    if (isFresh) takeResults(byId("results").innerHTML, byId("variables").innerHTML);
    else if (state.results) {
      const isInAnotherLanguage = state.read !== document.documentElement.lang;
      takeResults(state.results, state.fields, { isRestored: true });
      if (isInAnotherLanguage) findReplies(); // what was kept speaks the language that was read before
    } else restoreValues();
    byId("start-over").hidden = byId("show-keys").hidden = false;
    if (state.pending) {
      const pending = state.pending;
      state.pending = "";
      put(pending, []);
    }
    form.addEventListener("submit", (event) => { event.preventDefault(); findReplies(); });
    form.addEventListener("input", () => {
      // What is typed into the fields from now on is of the customer who wrote this one.
      if (!isOther(state.message) && isOther(byId("message").value)) state.fresh = [];
      Object.assign(state, { message: byId("message").value, lang: byId("message_lang").value });
      keep();
    });
    byId("variables").addEventListener("input", (event) => {
      state.fresh.push(event.target.dataset.variable);
      filled();
    });
    // Enter in a field of the form would ask again, and with it suggest and count everything anew.
    byId("variables").addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.ctrlKey || event.isComposing) return;
      event.preventDefault();
      (all("[data-variable].wanted").find((field) => field !== event.target) || byId("copy")).focus();
    });
    area.addEventListener("input", () => {
      state.isDone = false;
      reply.typed(area.value);
      show();
    });
    byId("results").addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      const card = button?.closest(".suggestion");
      if (card) (button.dataset.do === "insert" ? insert : reject)(card);
    });
    byId("use-draft").addEventListener("click", useDraft);
    byId("copy").addEventListener("click", () => copy(false));
    byId("copy-html").addEventListener("click", () => copy(true));
    byId("sent").addEventListener("click", sent);
    byId("start-over").addEventListener("click", startOver);
    byId("show-keys").addEventListener("click", () => byId("keys").showModal());
    const single = byId("single-keys");
    single.checked = localStorage.getItem("kb-single-keys") !== "off";
    single.addEventListener("change", () => localStorage.setItem("kb-single-keys", single.checked ? "on" : "off"));
    addEventListener("resize", paint);
    area.parentElement.classList.add("live");
    // On a phone the reply is far below: the way there is shown until one is there.
    const way = document.querySelector(".to-reply");
    new IntersectionObserver(([seen]) => { way.hidden = seen.isIntersecting; }).observe(area);
    if (!byId("message").value) byId("message").focus();
  }
  desk.insert = (text) => { put(text, []); area.focus(); };
  begin();

  // ---- keys ---------------------------------------------------------------------------------------------------------
  function step(by) {
    const summaries = cards().map((card) => card.querySelector("summary"));
    if (!summaries.length) return;
    const here = summaries.findIndex((each) => each.parentElement.contains(document.activeElement));
    summaries[Math.min(summaries.length - 1, Math.max(0, here + by))].focus();
  }
  const current = () => document.activeElement.closest?.(".suggestion");
  const KEYS = {
    KeyM: () => byId("message").focus(),
    KeyR: () => area.focus(),
    KeyV: () => (all("[data-variable].wanted")[0] || fields()[0])?.focus(),
    KeyJ: () => step(1),
    KeyK: () => step(-1),
    KeyI: () => insert(current() || cards()[0]),
    KeyX: () => current() && reject(current()),
    KeyD: useDraft,
    KeyC: () => !byId("copy").disabled && copy(false),
    KeyH: () => !byId("copy-html").disabled && copy(true),
    KeyA: sent,
    KeyN: startOver,
  };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || byId("keys").open) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (event.target === area) copy(false);
      else if (byId("message").value.trim()) findReplies();
      return;
    }
    if (!isShortcut(event)) return;
    if (event.key === "?") { event.preventDefault(); byId("keys").showModal(); return; }
    // By the place of a key: where letters are Cyrillic they stand on the same ones.
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
    const wanted = digit && !event.shiftKey ? () => insert(cards()[Number(digit[1]) - 1]) : event.shiftKey ? null : KEYS[event.code];
    if (!wanted) return;
    event.preventDefault();
    wanted();
  });
})();

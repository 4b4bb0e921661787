/* The console, quicker: texts are moved into the reply and filled in, and what became of them is told. Needs desk.js. */
"use strict";

(() => {
  const desk = Desk;
  const { NOTHING, byId, all, state, keep, words, say, ask, pageOf, isShortcut } = Desk;

  // ---- the reply ----------------------------------------------------------------------------------------------------
  const area = byId("reply");
  const reply = new DeskText.Reply(state.reply);
  const fields = () => all("[data-variable]");
  /** Whether it is another message than the one that was asked last. */
  const isOther = (message) => Boolean(state.asked.trim()) && message.trim() !== state.asked.trim();
  /** Whether the next message is pasted already: what is typed into the fields is no longer for this reply. */
  const isBehind = () => isOther(byId("message").value);
  const values = () => ({ "store.name": document.body.dataset.store, ...(isBehind() ? state.values : typedValues()) });
  const typedValues = () => Object.fromEntries(fields().map((field) => [field.dataset.variable, field.value]));

  function show({ caret } = {}) {
    if (area.value !== reply.text) area.value = reply.text;
    if (caret !== undefined) area.setSelectionRange(caret, caret);
    paint();
    const open = DeskText.open(reply.text);
    const isEmpty = !reply.text.trim();
    const wrong = isEmpty ? [] : whatIsWrong(open);
    byId("reply-state").textContent = isEmpty ? "" : wrong.join("\n") || words.ready;
    byId("reply-state").className = `state ${isEmpty ? "" : wrong.length ? "unready" : "ready"}`;
    for (const field of fields()) {
      field.classList.toggle("wanted", open.includes(field.dataset.variable));
      if (reply.variables.some((variable) => variable.name === field.dataset.variable)) field.parentElement.hidden = false;
    }
    byId("copy").disabled = byId("copy-html").disabled = isEmpty;
    const outcomes = reply.outcomes(values());
    const isEdited = outcomes.some((each) => each.outcome === "edited");
    byId("sent").hidden = isEmpty || open.length > 0;
    byId("sent").disabled = state.isTold;
    for (const each of all("[data-verdict]")) each.hidden = (each.dataset.verdict === "edited") !== isEdited;
    state.reply = { text: reply.text, variables: reply.variables, blocks: reply.blocks };
    keep();
  }

  const shortened = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
  /** Return what keeps the reply, as it stands, from being ready: a line for each. */
  function whatIsWrong(open) {
    if (isBehind()) return [words.before];
    const label = (name) => fields().find((field) => field.dataset.variable === name)?.labels[0].textContent || name;
    const quoted = (texts) => [...new Set(texts)].map((text) => `“${shortened(text, 80)}”`).join(", ");
    const texts = reply.standing(values());
    const missing = all("[data-question]").map((each) => each.dataset.question).filter((asked) => !texts.some((text) => text.question === asked));
    const unsure = texts.filter((text) => text.isUnsure);
    const { foreign, leftOut } = byId("draft")?.dataset || {};
    return [
      foreign,
      open.length ? `${words.open} ${open.map(label).join(", ")}` : "",
      missing.length ? `${words.missing} ${quoted(missing)}` : "",
      leftOut,
      unsure.length ? `${words.check} ${quoted(unsure.map((text) => text.title))}` : "",
    ].filter(Boolean);
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
    area.style.setProperty("height", `${area.scrollHeight}px`);
  }

  /** The reply was changed: it is neither sent nor told as it is now, and belongs to the message that stands there. */
  function touched() {
    Object.assign(state, { isDone: false, isTold: false, asked: state.asked || byId("message").value });
  }
  /** Put a text in where it belongs; into an empty reply, with the greeting and the farewell that suit the message. */
  function put(template, part) {
    const { opening, closing } = byId("draft")?.dataset || {};
    const isFirst = !reply.text.trim();
    const whole = isFirst ? [opening, template, closing].filter(Boolean).join("\n\n") : template;
    touched();
    if (isFirst) reply.typed("");
    reply.insert(reply.nextPlace(), whole, values(), [part]);
    const { start, end } = reply.blocks.at(-1) || { start: 0, end: reply.text.length };
    show({ caret: end });
    reveal(start);
    say(words.inserted);
  }
  /** Scroll the reply to where a text begins, if that is out of sight. */
  function reveal(at) {
    const walker = document.createTreeWalker(byId("backdrop"), NodeFilter.SHOW_TEXT);
    let left = at;
    while (walker.nextNode() && left >= walker.currentNode.length) left -= walker.currentNode.length;
    const range = document.createRange();
    range.setStart(walker.currentNode, Math.min(left, walker.currentNode.length || 0));
    const [line, box] = [range.getBoundingClientRect(), area.parentElement];
    const seen = box.getBoundingClientRect();
    if (line.top < seen.top || line.bottom > seen.bottom - 40) box.scrollTop += line.top - seen.top - 40;
  }
  const partOf = (card) => ({
    id: card.dataset.id, template: card.dataset.template, title: card.dataset.title,
    question: card.closest("[data-question]").dataset.question, isUnsure: "toCheck" in card.dataset,
  });

  const draftText = () => DeskText.fill(byId("draft")?.dataset.template || "", values()).text;
  function useDraft() {
    const draft = byId("draft");
    if (!draft?.dataset.template) return;
    touched();
    reply.typed("");
    reply.insert(0, draft.dataset.template, values(), all(".suggestion[data-in-draft]").map(partOf));
    show({ caret: 0 });
  }

  async function copy(asHtml) {
    const text = reply.text;
    const done = await DeskClipboard.write(area, asHtml ? DeskText.asHtml(text) : "");
    const open = DeskText.open(text);
    state.isDone ||= done;
    keep();
    const isReady = byId("reply-state").classList.contains("ready");
    const warned = open.length ? `${words.copiedOpen} ${open.join(", ")}` : `${words.copied} ${byId("reply-state").textContent}`;
    say(!done ? words.notCopied : isReady ? words.copied : warned);
  }

  // ---- what became of it --------------------------------------------------------------------------------------------
  function tell(id, content) {
    return ask(`/api/v1/agent/suggestions/${id}/outcome`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(content),
    });
  }
  async function sent() {
    if (byId("sent").hidden || byId("sent").disabled) return;
    byId("sent").disabled = true; // pressed twice, it is told once
    const answers = await Promise.all(reply.outcomes(values()).map(({ id, ...content }) => tell(id, content)));
    const isTold = answers.every((answer) => answer?.ok);
    if (isTold) Object.assign(state, { isDone: true, isTold });
    byId("sent").disabled = isTold;
    keep();
    if (isTold) byId("start-over").focus();
    if (answers.every(Boolean)) say(!isTold ? words.failed : answers.length ? words.recorded : words.done);
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
  /** What is asked: with no value that was typed for the customer before. */
  function request() {
    const asked = new URLSearchParams(new FormData(form));
    asked.delete("asked"); // says without a script what `state` says here
    if (isBehind()) {
      for (const field of fields()) {
        const name = field.dataset.variable;
        if (name !== "agent.name" && !(name in state.fresh)) asked.delete(field.name);
      }
    }
    return asked;
  }
  async function findReplies() {
    const message = byId("message").value;
    if (form.getAttribute("aria-busy")) return;
    if (message.length > Number(byId("message").dataset.max)) return say(words.long);
    form.setAttribute("aria-busy", "true");
    try {
      await askAndShow(message);
    } finally {
      form.removeAttribute("aria-busy"); // not before what was found stands there: till then, the old reply does
    }
  }
  async function askAndShow(message) {
    say(words.searching, { isShown: false });
    const answer = await ask("/agent", { method: "POST", body: request() });
    if (!answer) return;
    const page = await pageOf(answer);
    const problem = page.getElementById("message-problem");
    if (problem || !page.getElementById("results")) return say(problem?.textContent || words.failed);
    const isKept = take(message, page.getElementById("results").innerHTML, page.getElementById("variables").innerHTML);
    say(isKept ? words.kept : `${words.results} ${all(".suggestion").length}`, { isShown: isKept });
    (all("[data-variable].wanted")[0] || cards()[0]?.querySelector("summary") || byId("message")).focus();
  }
  /** Whether the reply is more than the draft that was found, and was neither copied nor sent. */
  const isAtStake = () => Boolean(reply.text.trim()) && !state.isDone && reply.text !== draftText();
  /**
   * Show what was found for a message. Another one's reply is never gone on with: it is set apart if it was the agent's
   * own. Return whether it was.
   */
  function take(message, results, variables) {
    const isNew = isOther(message);
    const isKept = isNew && isAtStake();
    const isDraft = isNew || !reply.text.trim() || reply.text === draftText();
    if (isKept) state.before = [...state.before, caseNow()].slice(-MOST_KEPT);
    if (isNew) Object.assign(state, { isDone: false, isTold: false });
    if (isDraft) reply.typed("");
    const askedWith = { lang: byId("message_lang").value, tone: byId("tone").value };
    Object.assign(state, { rejected: [], asked: message, askedWith, fresh: {}, message });
    takeResults(results, variables);
    if (isDraft) useDraft();
    showKept();
    return isKept;
  }

  // ---- replies to the messages before -------------------------------------------------------------------------------
  const MOST_KEPT = 5;
  const OF_A_CASE = ["asked", "askedWith", "values", "results", "fields", "reply", "rejected", "isDone", "isTold"];
  const caseNow = () => structuredClone(Object.fromEntries(OF_A_CASE.map((name) => [name, state[name]])));
  function showKept() {
    const last = state.before.at(-1);
    byId("kept").hidden = !last;
    byId("kept").querySelector("q").textContent = shortened(last?.asked.trim() || "", 60);
    keep();
  }
  /** Go back to a message and its reply, both as they were; what stands there now is kept instead. */
  function bringBack() {
    const found = state.before.at(-1);
    const others = state.before.slice(0, -1);
    state.before = isAtStake() ? [caseNow(), ...others] : others;
    Object.assign(state, found, { message: found.asked, fresh: {}, ...found.askedWith });
    Object.assign(reply, { text: "", variables: [], blocks: [] }, structuredClone(found.reply));
    for (const [id, value] of [["message", state.message], ["message_lang", state.lang], ["tone", state.tone]]) byId(id).value = value || "";
    takeResults(state.results, state.fields, { isRestored: true });
    showKept();
    area.focus();
  }
  function throwAway() {
    state.before = state.before.slice(0, -1);
    showKept();
    area.focus();
  }
  function takeResults(results, variables, { isRestored = false } = {}) {
    Object.assign(state, { results, fields: variables });
    byId("results").replaceChildren(...new DOMParser().parseFromString(results, "text/html").body.childNodes);
    byId("variables").replaceChildren(...new DOMParser().parseFromString(variables, "text/html").body.childNodes);
    for (const field of fields()) {
      const name = field.dataset.variable;
      if (isRestored && name in state.values) field.value = state.values[name];
      if (isBehind()) field.value = state.fresh[name] ?? field.value;
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
    if (isBehind()) return show();
    for (const field of fields()) state.values[field.dataset.variable] = field.value;
    const place = reply.refill(values());
    const caret = document.activeElement === area ? place(area.selectionStart) : undefined;
    for (const card of cards()) card.querySelector(".said").textContent = DeskText.fill(card.dataset.template, values()).text;
    show({ caret });
  }
  const cards = () => all(".suggestion");
  const insert = (card) => card && put(card.dataset.template, partOf(card));
  function forgetCustomer() {
    for (const field of fields()) {
      const name = field.dataset.variable;
      if (name !== "agent.name") field.value = "";
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
    if (isAtStake() && !isWarned) {
      isWarned = true;
      setTimeout(() => { isWarned = false; }, 5000);
      return say(words.again);
    }
    isWarned = false;
    forgetCustomer();
    Object.assign(state, { ...NOTHING, values: state.values, before: state.before });
    byId("results").replaceChildren();
    byId("message").value = "";
    byId("use-draft").hidden = true;
    byId("message_lang").value = byId("tone").value = "";
    reply.typed("");
    show();
    byId("message").focus();
  }

  function begin() {
    if (state.message && !byId("message").value) byId("message").value = state.message;
    const isFresh = byId("results").querySelector("#draft");
    if (!isFresh) for (const [id, name] of [["message_lang", "lang"], ["tone", "tone"]]) byId(id).value = state[name] || "";
    if (isFresh) take(byId("message").value, byId("results").innerHTML, byId("variables").innerHTML);
    else if (state.results) {
      const isInAnotherLanguage = state.read !== document.documentElement.lang;
      takeResults(state.results, state.fields, { isRestored: true });
      if (isInAnotherLanguage) findReplies(); // what was kept speaks the language that was read before
    } else restoreValues();
    byId("start-over").hidden = byId("show-keys").hidden = false;
    if (state.pending) {
      const pending = state.pending;
      state.pending = "";
      put(pending, { template: pending });
    }
    showKept();
    form.addEventListener("submit", (event) => { event.preventDefault(); findReplies(); });
    form.addEventListener("input", () => {
      // What is typed and chosen from now on is for the customer who wrote this one.
      if (!isOther(state.message) && isBehind()) {
        state.fresh = {};
        byId("message_lang").value = byId("tone").value = "";
      }
      Object.assign(state, { message: byId("message").value, lang: byId("message_lang").value, tone: byId("tone").value });
      show();
    });
    byId("variables").addEventListener("input", (event) => {
      state.fresh[event.target.dataset.variable] = event.target.value;
      filled();
    });
    // Enter in a field of the form would ask again, and with it suggest and count everything anew.
    byId("variables").addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.ctrlKey || event.isComposing) return;
      event.preventDefault();
      (all("[data-variable].wanted").find((field) => field !== event.target) || byId("copy")).focus();
    });
    area.addEventListener("input", () => {
      touched();
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
    byId("bring-back").addEventListener("click", bringBack);
    byId("throw-away").addEventListener("click", throwAway);
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
  desk.insert = (text) => { put(text, { template: text }); area.focus(); };
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

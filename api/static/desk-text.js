/* Texts with variables in them, and where they stand in the reply while it is being edited. No page is touched here. */
"use strict";

const DeskText = (() => {
  const VARIABLE = /\{\{\s*([a-z][a-z_.]{0,60}?)\s*(?:\|\s*([^{}|\n]{0,200}?)\s*)?\}\}/g;
  // What must not reach a customer: braces that nothing filled, and `[[…]]` that the store has still to fill in.
  const OPEN = /\{\{[^{}\n]{0,300}\}\}|\{\{|\[\[[^[\]]{1,400}\]\](?!\()/g;

  /** Return a template's pieces: {text} as it is, or {name, fallback, raw}. */
  function pieces(template) {
    const found = [];
    let end = 0;
    for (const match of template.matchAll(VARIABLE)) {
      found.push({ text: template.slice(end, match.index) });
      found.push({ name: match[1], fallback: match[2] || "", raw: match[0] });
      end = match.index + match[0].length;
    }
    found.push({ text: template.slice(end) });
    return found.filter((piece) => piece.name || piece.text);
  }

  const shown = (variable, values) => (values[variable.name] || "").trim() || variable.fallback || variable.raw;

  /** Return {text, variables}: the filled text, and where each variable stands in it. */
  function fill(template, values) {
    let text = "";
    const variables = [];
    for (const piece of pieces(template)) {
      const value = piece.name ? shown(piece, values) : piece.text;
      if (piece.name) variables.push({ ...piece, start: text.length, end: text.length + value.length });
      text += value;
    }
    return { text, variables };
  }

  /** Return what is still open in a text: names of variables, or the raw braces. */
  function open(text) {
    const names = [...text.matchAll(OPEN)].map((match) => {
      const variable = [...match[0].matchAll(VARIABLE)][0];
      return variable ? variable[1] : match[0];
    });
    return [...new Set(names)];
  }

  /** Return where an edit stands: [start, end) of the old text became `inserted` characters. */
  function edit(before, after) {
    const most = Math.min(before.length, after.length);
    let start = 0;
    while (start < most && before[start] === after[start]) start += 1;
    let tail = 0;
    while (tail < most - start && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
    return { start, end: before.length - tail, inserted: after.slice(start, after.length - tail) };
  }

  /** The reply: its text, the variables in it, and the blocks that came from a suggestion. */
  class Reply {
    constructor(kept = {}) {
      this.text = kept.text || "";
      this.variables = kept.variables || [];
      this.blocks = kept.blocks || [];
    }

    /** Take over what was typed; what was typed into a variable makes it plain text. */
    typed(after) {
      const { start, end, inserted } = edit(this.text, after);
      const delta = inserted.length - (end - start);
      const moved = (range) => ({ ...range, start: range.start + delta, end: range.end + delta });
      this.variables = this.variables
        .filter((range) => range.end <= start || range.start >= end)
        .map((range) => (range.start >= end ? moved(range) : range));
      this.blocks = this.blocks
        .map((range) => {
          const goesOn = end > start || (inserted && inserted[0] !== "\n");
          if (range.end < start || (range.end === start && !goesOn)) return range;
          if (range.start >= end && !(range.start === end && start < range.start)) return moved(range);
          return {
            ...range,
            start: range.start <= start ? range.start : start + inserted.length,
            end: range.end >= end ? range.end + delta : start + (range.start <= start ? inserted.length : 0),
          };
        })
        .filter((range) => range.end > range.start);
      this.text = after;
      this.#noticeVariables();
    }

    /** What was typed as a variable is one. */
    #noticeVariables() {
      for (const match of this.text.matchAll(VARIABLE)) {
        const [start, end] = [match.index, match.index + match[0].length];
        if (this.variables.some((range) => range.start < end && start < range.end)) continue;
        this.variables.push({ name: match[1], fallback: match[2] || "", raw: match[0], start, end });
      }
    }

    /** Put the values in anew, wherever a variable still stands. */
    refill(values) {
      const shifts = [];
      let text = "";
      let from = 0;
      for (const variable of [...this.variables].sort((a, b) => a.start - b.start)) {
        const value = shown(variable, values);
        text += this.text.slice(from, variable.start);
        shifts.push({ at: variable.end, by: value.length - (variable.end - variable.start) });
        from = variable.end;
        Object.assign(variable, { start: text.length, end: text.length + value.length });
        text += value;
      }
      const place = (at) => at + shifts.filter((shift) => shift.at <= at).reduce((sum, shift) => sum + shift.by, 0);
      this.blocks = this.blocks.map((block) => ({ ...block, start: place(block.start), end: place(block.end) }));
      this.text = text + this.text.slice(from);
      return place;
    }

    /** Put a text in at a place; `parts` are the suggestions in it, as {id, template}. */
    insert(at, template, values, parts) {
      const before = at > 0 ? "\n".repeat(Math.max(0, 2 - (this.text.slice(0, at).match(/\n*$/)[0].length))) : "";
      const after = at < this.text.length ? "\n".repeat(Math.max(0, 2 - this.text.slice(at).match(/^\n*/)[0].length)) : "";
      const filled = fill(template, values);
      const begin = at + before.length;
      const delta = before.length + filled.text.length + after.length;
      const behind = (range) => (range.start >= at ? { ...range, start: range.start + delta, end: range.end + delta } : range);
      const placed = (range) => ({ ...range, start: range.start + begin, end: range.end + begin });
      const blocks = parts.map((part) => ({ ...part, ...found(filled.text, fill(part.template, values).text) }));
      this.variables = [...this.variables.map(behind), ...filled.variables.map(placed)];
      this.blocks = [...this.blocks.map(behind), ...blocks.filter((block) => block.start >= 0).map(placed)];
      this.text = this.text.slice(0, at) + before + filled.text + after + this.text.slice(at);
      return begin + filled.text.length;
    }

    /** Where the next text belongs: behind the last one and the link that goes with it; the closing stays last. */
    nextPlace() {
      if (!this.blocks.length) return this.text.length;
      const end = Math.max(...this.blocks.map((block) => block.end));
      return end + (/^\n+[^\n]+\nhttps?:\/\/\S+/.exec(this.text.slice(end))?.[0].length || 0);
    }

    /** Return the blocks that still say what was inserted: half of its words, at least. */
    standing(values) {
      const wordsOf = (text) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) || [];
      return this.blocks.filter((block) => {
        const left = new Set(wordsOf(this.text.slice(block.start, block.end)));
        const all = wordsOf(fill(block.template, values).text);
        return 2 * all.filter((word) => left.has(word)).length >= all.length;
      });
    }

    /** Return what became of each suggestion: {id, outcome, final_text, suggested_text}. */
    outcomes(values) {
      return this.blocks.filter((block) => block.id).map((block) => {
        const suggested = fill(block.template, values).text;
        const final = this.text.slice(block.start, block.end);
        if (final === suggested) return { id: block.id, outcome: "accepted" };
        return { id: block.id, outcome: "edited", final_text: final, suggested_text: suggested };
      });
    }
  }

  function found(text, part) {
    const start = text.indexOf(part);
    return { start, end: start + part.length };
  }

  const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  const escaped = (text) => text.replace(/[&<>"]/g, (char) => ESCAPES[char]);

  function linked(line) {
    const pieces = line.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])/);
    return pieces.map(escaped).map((piece, at) => (at % 2 ? `<a href="${piece}">${piece}</a>` : piece)).join("");
  }

  /** Return a reply as HTML for a mail: paragraphs, lists, links; whatever else stands in it is text. */
  function asHtml(text) {
    const blocks = text.replace(/\r\n?/g, "\n").split(/\n{2,}/).filter((block) => block.trim());
    return blocks.map((block) => block.split("\n")).map((lines) => {
      const bullet = /^\s*[-•–]\s+/;
      const number = /^\s*\d+[.)]\s+/;
      for (const [mark, tag] of [[bullet, "ul"], [number, "ol"]]) {
        if (lines.every((line) => mark.test(line))) {
          return `<${tag}>${lines.map((line) => `<li>${linked(line.replace(mark, ""))}</li>`).join("")}</${tag}>`;
        }
      }
      return `<p>${lines.map(linked).join("<br>")}</p>`;
    }).join("\n");
  }

  return { Reply, fill, open, asHtml };
})();

// Run on the console's page by test_console.py: returns what is wrong, an empty list when nothing is.
() => {
  const wrong = [];
  const is = (name, found, wanted) => {
    if (JSON.stringify(found) !== JSON.stringify(wanted)) wrong.push([name, found, wanted]);
  };
  const { Reply, fill, open, asHtml } = DeskText;
  const TEXT = "Dear {{ customer.name }}, order {{ order.number | with us }}.";
  const SECOND = "Second {{ tracking.number }}";
  const DRAFT = `Hi {{ customer.name | there }},\n\n${TEXT}\n\nTitle\nhttps://x.example/a\n\nBye`;

  const reply = new Reply();
  reply.insert(0, DRAFT, {}, [{ id: "1", template: TEXT }]);
  is("a draft is inserted with fallbacks", reply.text.startsWith("Hi there,\n\nDear {{ customer.name }}, order with us."), true);
  is("what has no value is open", open(reply.text), ["customer.name"]);

  const anna = { "customer.name": "Anna" };
  reply.refill(anna);
  is("a name is filled in wherever it stands", reply.text.startsWith("Hi Anna,\n\nDear Anna, order with us."), true);
  is("filling in is no change", reply.outcomes(anna), [{ id: "1", outcome: "accepted" }]);

  reply.insert(reply.nextPlace(), SECOND, anna, [{ id: "2", template: SECOND }]);
  is("a text is stacked behind the link before it", reply.text.includes("x.example/a\n\nSecond {{ tracking.number }}\n\nBye"), true);

  const all = { "customer.name": "A", "tracking.number": "T1", "order.number": "77" };
  reply.refill(all);
  reply.typed(reply.text.replace("order 77", "parcel 77"));
  is("only the text that was changed is edited", reply.outcomes(all).map((each) => each.outcome), ["edited", "accepted"]);
  is("its text is told alone", reply.outcomes(all)[0].final_text, "Dear A, parcel 77.");

  reply.typed(`${reply.text} {{ order.date }} [[3 to 5]]`);
  is("what was typed as a variable is open", open(reply.text), ["order.date", "[[3 to 5]]"]);
  reply.refill({ ...all, "order.date": "1 May" });
  is("and is filled in", reply.text.endsWith("1 May [[3 to 5]]"), true);
  is("what was changed a little still stands", reply.standing(all).map((each) => each.id), ["1", "2"]);
  reply.typed(reply.text.replace("Dear A, parcel", "Good day"));
  is("what was rewritten does not", reply.standing(all).map((each) => each.id), ["2"]);

  reply.typed("");
  is("nothing is left of what was deleted", [reply.blocks, reply.variables], [[], []]);

  is("a value is not read again", fill("{{ customer.name }}", { "customer.name": "{{ order.number }}" }).text, "{{ order.number }}");
  is("HTML of a mail", asHtml('a <b>\nhttps://x.example/?a=1&b="2\n\n- one\n- two'),
    '<p>a &lt;b&gt;<br><a href="https://x.example/?a=1&amp;b=">https://x.example/?a=1&amp;b=</a>&quot;2</p>\n'
    + "<ul><li>one</li><li>two</li></ul>");

  // Whatever is typed, deleted and filled in: a range never leaves the text, and a variable's holds its value.
  let seed = 1;
  const random = (below) => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed % below; };
  let typed = new Reply();
  for (let step = 0; step < 3000 && !wrong.length; step += 1) {
    if (step % 50 === 0) {
      typed = new Reply();
      typed.insert(0, `${TEXT}\n\nEnd`, {}, [{ id: "1", template: TEXT }]);
    }
    const start = random(typed.text.length + 1);
    const end = Math.min(typed.text.length, start + random(6));
    typed.typed(typed.text.slice(0, start) + "xy\n z".slice(0, random(5)) + typed.text.slice(end));
    if (step % 7 === 0) typed.refill(step % 2 ? { "customer.name": "Q" } : {});
    const inside = [...typed.blocks, ...typed.variables].every((each) => 0 <= each.start && each.start <= each.end && each.end <= typed.text.length);
    const held = typed.variables.every((each) => [each.raw, each.fallback, "Q"].includes(typed.text.slice(each.start, each.end)));
    if (!inside || !held) wrong.push(["ranges", step, typed]);
  }
  return wrong;
}

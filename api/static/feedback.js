// "Did this help?" without leaving the article. What cannot be sent so is sent as the form it is.
for (const section of document.querySelectorAll("[data-feedback]")) {
  const vote = section.querySelector("[data-vote]");
  const why = section.querySelector("[data-why]");
  const thanks = section.querySelector("[data-thanks]");

  const show = part => {
    for (const each of [vote, why, thanks]) each.hidden = each !== part;
    (part === why ? why.querySelector("input[type=radio]") : part).focus();
  };
  send(vote, fields => show(fields.helpful ? thanks : why));
  send(why.querySelector("form"), () => show(thanks));
}

// The form knows by now which search led here: whoever gets this address from the reader did not search.
const address = new URL(location);
if (address.searchParams.has("query_id")) {
  address.searchParams.delete("query_id");
  history.replaceState(history.state, "", address);
}

function send(form, then) {
  form.addEventListener("submit", async event => {
    if (form.dataset.plain) return;
    event.preventDefault();
    const fields = Object.fromEntries([...new FormData(form, event.submitter)].filter(([, value]) => value));
    fields.helpful = fields.helpful === "yes";
    const body = JSON.stringify(fields);
    const headers = { "Content-Type": "application/json" };
    const response = await fetch("/api/v1/feedback", { method: "POST", headers, body }).catch(() => null);
    if (response?.ok) return then(fields);
    form.dataset.plain = "yes";
    form.requestSubmit(event.submitter);
  });
}

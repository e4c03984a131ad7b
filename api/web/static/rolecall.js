// What makes the page live. Every form and link works without it.

const root = document.documentElement;
const FRAGMENT = "Rolecall-Fragment";

// -- Elements that follow what happens: <section id="…" data-live="/live/…"> ---------------------------------

const EVENTS = ["ready", "message", "change", "progress", "run", "done"]; // ready: it may be too late for what was shown
const REST_MS = 1000; // between two looks at one element, however much happens
const streams = new Map();

function follow() {
  const wanted = new Map();
  if (!document.hidden) {
    for (const element of document.querySelectorAll("[data-live]")) {
      const ids = wanted.get(element.dataset.live) ?? [];
      wanted.set(element.dataset.live, [...ids, element.id]);
    }
  }
  for (const [url, stream] of streams) {
    if (wanted.has(url)) stream.ids = wanted.get(url);
    else {
      stream.source.close();
      clearTimeout(stream.timer);
      streams.delete(url);
    }
  }
  for (const [url, ids] of wanted) if (!streams.has(url)) streams.set(url, listen(url, ids));
}

function listen(url, ids) {
  const stream = { source: new EventSource(url), ids, timer: 0, again: false };
  const look = () => {
    stream.timer = 0;
    Promise.all([...stream.ids, ...warned()].map(refresh)).finally(() => {
      if (!stream.again || !streams.has(url)) return;
      stream.again = false;
      stream.timer = setTimeout(look, REST_MS);
    });
  };
  for (const name of EVENTS) {
    stream.source.addEventListener(name, () => {
      if (name === "done") stream.source.close();
      if (stream.timer) stream.again = true;
      else stream.timer = setTimeout(look, name === "done" ? 0 : REST_MS);
    });
  }
  return stream;
}

async function refresh(id) {
  const place = document.getElementById(id);
  if (!place || isBusy(place)) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html", [FRAGMENT]: id } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const found = parse(await answer.text()).getElementById(id);
  if (!found || isBusy(place)) return;
  const tall = place.firstElementChild?.offsetHeight;
  swap(place, found);
  // What takes the place of a warning is as tall, so that nothing moves.
  if (id === "banner") document.querySelector("#banner > *")?.style.setProperty("min-height", `${tall}px`);
}

// The warning over the page is followed while there is one: it may be over by what is being followed.
const warned = () => (document.querySelector("#banner .warm") ? ["banner"] : []);

function isBusy(place) {
  const active = document.activeElement;
  const typing = active && place.contains(active) && active.matches("input:not([type=checkbox]), textarea, select");
  return typing || place.querySelector("dialog[open]") !== null;
}

const parse = (text) => new DOMParser().parseFromString(text, "text/html");

// Puts an element in the place of an older one; what was chosen, opened and focused stays so.
function swap(place, found) {
  const active = place.contains(document.activeElement) ? describe(document.activeElement) : null;
  const ticked = new Set([...place.querySelectorAll("input[type=checkbox]:checked")].map(describe));
  const opened = new Set([...place.querySelectorAll("details[open]")].map(describe));
  const known = new Set([...place.querySelectorAll("[data-item]")].map((item) => item.dataset.item));
  const fresh = document.importNode(found, true);
  for (const box of fresh.querySelectorAll("input[type=checkbox]")) if (ticked.has(describe(box))) box.checked = true;
  for (const one of fresh.querySelectorAll("details")) if (opened.has(describe(one))) one.open = true;
  for (const item of fresh.querySelectorAll("[data-item]")) if (known.size && !known.has(item.dataset.item)) item.classList.add("fresh");
  place.replaceWith(fresh);
  if (active) [...fresh.querySelectorAll("a, button, input, summary")].find((one) => describe(one) === active)?.focus({ preventScroll: true });
  follow();
}

const describe = (one) =>
  [one.tagName, one.id, one.getAttribute("name"), one.getAttribute("value"), one.getAttribute("href"), one.closest("[data-item]")?.dataset.item, one.dataset.part].join("|");

document.addEventListener("visibilitychange", follow);
addEventListener("pagehide", () => { for (const { source } of streams.values()) source.close(); streams.clear(); });
addEventListener("pageshow", follow);

// -- Forms that change only parts of the page: <form data-swap="matches notice new-badge"> -------------------

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  if (button?.dataset.confirm && !confirm(button.dataset.confirm)) return event.preventDefault();
  const wanted = button?.dataset.swap ?? form.dataset.swap;
  if (!wanted || form.method !== "post" || form.enctype === "multipart/form-data") return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, button));
  const focus = followingItem(form);
  const options = { method: "POST", body, headers: { Accept: "text/html" } };
  const answer = await fetch(button?.getAttribute("formaction") ?? form.action, options).catch(() => null);
  if (!answer?.headers.get("content-type")?.startsWith("text/html")) {
    delete (button?.dataset.swap ? button : form).dataset.swap;
    return form.requestSubmit(button);
  }
  const page = parse(await answer.text());
  if (!page.getElementById("notice")) return location.reload();
  const ids = answer.ok || answer.status === 422 ? wanted.split(" ") : ["main"];
  swapAll([...ids, "notice"], page);
  if (answer.redirected) history.replaceState(null, "", answer.url);
  restore(focus);
});

// A button that is pressed by itself a moment after its form was changed: <button data-swap="count" data-presses>.
let pressing = 0;
document.addEventListener("input", (event) => {
  const button = event.target.form?.querySelector("[data-presses]");
  clearTimeout(pressing);
  if (button) pressing = setTimeout(() => event.target.form.requestSubmit(button), 500);
});

document.querySelector("[data-presses]")?.click();

function swapAll(ids, page) {
  for (const id of new Set(ids)) {
    const [place, found] = [document.getElementById(id), page.getElementById(id)];
    if (place && found) swap(place, found);
  }
}

// Where the keyboard goes on when the item a form stands in has gone from the list.
function followingItem(form) {
  const item = form.closest("[data-item]");
  if (!item) return null;
  const all = items();
  const at = all.indexOf(item);
  return [item, all[at + 1], all[at - 1]].filter(Boolean).map((one) => one.dataset.item);
}

function restore(names) {
  if (!names || document.activeElement !== document.body) return;
  const found = names.map((name) => items().find((item) => item.dataset.item === name)).find(Boolean);
  found?.querySelector("[data-open]")?.focus({ preventScroll: true });
}

// -- Links that change only parts of the page: <a data-swap="inbox notice"> --------------------------------------

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-swap]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const answer = await fetch(link.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return location.assign(link.href);
  const page = parse(await answer.text());
  history.pushState(null, "", answer.url);
  document.title = page.title;
  const before = scrollY;
  swapAll(link.dataset.swap.split(" "), page);
  const pane = document.querySelector(".pane");
  scrollTo(0, pane && getComputedStyle(pane).position === "sticky" ? before : 0);
});

addEventListener("popstate", () => location.reload());

// -- Copying: <button data-copy="id" hidden> beside a field that is only read ---------------------------------

for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
document.addEventListener("focusin", (event) => { if (event.target.matches?.("[data-copies]")) event.target.select(); });
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const copied = await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value).then(() => true, () => false);
  button.querySelector("[data-said]").textContent = copied ? "Copied" : "Not copied: select it";
});

// -- Choosing several --------------------------------------------------------------------------------------

document.addEventListener("change", (event) => {
  const box = event.target;
  if (!box.matches?.("[data-chooses]")) return;
  for (const other of document.querySelectorAll(`input[type=checkbox][name="${box.dataset.chooses}"]`)) other.checked = box.checked;
});

// -- Dialogs: <button data-dialog="id">, and a click beside one closes it ----------------------------------

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target instanceof HTMLDialogElement && event.target.open && isOutside(event)) event.target.close();
});

function isOutside({ target, clientX: x, clientY: y }) {
  const box = target.getBoundingClientRect();
  return x < box.left || x > box.right || y < box.top || y > box.bottom;
}

// -- Keys: a list's items are [data-item] with a link [data-open]; a button that a key presses has [data-key] ---

const items = () => [...document.querySelectorAll("main [data-item]")].filter((item) => item.offsetParent);
const current = () => document.activeElement?.closest("[data-item]") ?? document.querySelector("[data-item].chosen");
let going = 0;

document.addEventListener("keydown", (event) => {
  if (root.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target;
  if (target.isContentEditable || target.closest("dialog[open]")) return;
  if (target.matches("textarea, select, input:not([type=checkbox], [type=radio])")) return;
  if (press(event.key)) event.preventDefault();
});

function press(key) {
  if (going) {
    clearTimeout(going);
    going = 0;
    const link = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
    if (link) location.assign(link.href);
    return Boolean(link);
  }
  switch (key) {
    case "g": going = setTimeout(() => { going = 0; }, 1500); return true;
    case "j": return move(1);
    case "k": return move(-1);
    case "o": return click(current()?.querySelector("[data-open]"));
    case "x": return click(current()?.querySelector("input[type=checkbox]"));
    case "?": document.getElementById("keys-help").showModal(); return true;
    case "/": return focus(document.querySelector('[data-key="/"]'));
    default: return click(current()?.querySelector(`[data-key="${CSS.escape(key)}"]`) ?? outside(key));
  }
}

const outside = (key) => [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((one) => !one.closest("[data-item]"));

function move(by) {
  const all = items();
  const at = all.indexOf(current());
  const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))];
  next?.scrollIntoView({ block: "nearest" });
  return focus(next?.querySelector("[data-open]"));
}

function click(element) {
  element?.click();
  return Boolean(element);
}

function focus(element) {
  element?.focus();
  return Boolean(element);
}

follow();

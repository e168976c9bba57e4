// What was written and not sent, kept in this browser by session, question and follow-up.
import { box, note, textOf } from "./box.js";
import { chat } from "./pages.js";
import { forget, recall, remember, remembered } from "./memory.js";
import { word } from "./words.js";

const PAUSE = 250;
let timer = 0;
let shown = "";

export function keepDrafts() {
  document.addEventListener("input", (event) => {
    if (!event.target.matches(".box-text")) return;
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  });
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => document.hidden && keep());
  document.addEventListener("chat:changed", restore);
  addEventListener("storage", takeOver);
  restore();
}

function ofSession() {
  return `draft ${chat().dataset.session} `;
}

function keep() {
  clearTimeout(timer);
  const form = box();
  if (!form) return;
  const area = textOf(form);
  const name = ofSession() + form.dataset.box;
  if (area.value === area.defaultValue) forget(name);
  else remember(name, area.value);
}

// A box that is new on the page gets its draft; drafts of boxes that are gone were sent.
function restore() {
  const form = box();
  const name = form ? ofSession() + form.dataset.box : "";
  for (const old of remembered(ofSession())) {
    if (old !== name) forget(old);
  }
  if (name === shown) return;
  clearTimeout(timer);
  shown = name;
  const draft = name && recall(name);
  if (!draft || textOf(form).value === draft) return;
  textOf(form).value = draft;
  textOf(form).dispatchEvent(new Event("input", { bubbles: true }));
  note(form, word("saved"));
}

// Another window has written on.
function takeOver(event) {
  const form = box();
  if (!form || event.key !== `mockint ${ofSession()}${form.dataset.box}`) return;
  const area = textOf(form);
  if (document.hasFocus() && document.activeElement === area) return;
  if (event.newValue !== null) area.value = event.newValue;
}

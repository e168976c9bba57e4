// The time spent at a question while the page is looked at; shown if wished, and never cuts off.
import { box } from "./box.js";
import { forget, recall, remember, remembered } from "./memory.js";
import { chat } from "./pages.js";
import { word } from "./words.js";

const KEEP_EVERY = 5;

export function runClock() {
  setInterval(tick, 1000);
  document.addEventListener("chat:changed", clear);
  clear();
}

function nameOf(form) {
  return `time ${chat().dataset.session} ${form.dataset.box}`;
}

function tick() {
  const form = box();
  if (!form || document.hidden) return;
  const field = form.elements.seconds;
  const spent = Number(field.value || recall(nameOf(form)) || 0) + 1;
  field.value = spent;
  if (spent % KEEP_EVERY === 0) remember(nameOf(form), spent);
  const pace = Number(form.dataset.pace);
  const used = minutes(spent);
  const text = pace ? word("pace", { used, pace: minutes(pace) }) : used;
  form.querySelector(".clock").textContent = text;
}

function clear() {
  const form = box();
  for (const name of remembered(`time ${chat().dataset.session} `)) {
    if (!form || name !== nameOf(form)) forget(name);
  }
}

function minutes(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

// The box to answer in: grows, sends by key, counts near the limit.
import { word } from "./words.js";

const NEAR = 0.8;

export function box() {
  return document.querySelector("form[data-box]");
}

export function textOf(form) {
  return form?.querySelector("textarea");
}

export function note(form, text, isBad = false) {
  const line = form.querySelector(".box-note");
  line.textContent = text;
  line.classList.toggle("is-over", isBad);
}

export function tendBox() {
  document.addEventListener("input", (event) => {
    if (event.target.matches(".box-text")) attend(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.matches(".box-text") && sends(event)) {
      event.preventDefault();
      // The first button is Send, or the reply to "shall I take this as your answer?".
      event.target.form.requestSubmit(event.target.form.querySelector(".button-main"));
    }
  });
  document.addEventListener("chat:changed", () => grow(textOf(box())));
  grow(textOf(box()));
}

// Enter that ends a composition picks a word and sends nothing; Safari tells by the key code only.
function sends(event) {
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return false;
  if (event.ctrlKey || event.metaKey) return true;
  const enterSends = document.documentElement.classList.contains("enter-sends");
  return enterSends && !event.shiftKey && !event.altKey;
}

function attend(area) {
  grow(area);
  const limit = Number(area.form.dataset.limit);
  if (area.value.length < limit * NEAR) {
    note(area.form, "");
    return;
  }
  const count = [...area.value].length; // as the server counts
  note(area.form, word(count > limit ? "over" : "count", { count, limit }), count > limit);
}

function grow(area) {
  if (!area || CSS.supports("field-sizing", "content")) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

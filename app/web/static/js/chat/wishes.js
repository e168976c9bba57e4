// How somebody likes to type, remembered in this browser.
import { recall, remember } from "./memory.js";

const CLASSES = { enter: "enter-sends", clock: "shows-clock", letters: "no-letters" };
const USUAL = { enter: false, clock: false, letters: true };

export function heedWishes() {
  document.addEventListener("change", (event) => {
    const wish = event.target.dataset.wish;
    if (!wish) return;
    remember(`wish ${wish}`, event.target.checked ? "yes" : "no");
    apply();
  });
  document.addEventListener("chat:changed", apply);
  apply();
}

function apply() {
  for (const wish of Object.keys(CLASSES)) {
    const stored = recall(`wish ${wish}`);
    const wanted = stored === null ? USUAL[wish] : stored === "yes";
    document.documentElement.classList.toggle(CLASSES[wish], wish === "letters" ? !wanted : wanted);
    for (const box of document.querySelectorAll(`[data-wish="${wish}"]`)) box.checked = wanted;
  }
}

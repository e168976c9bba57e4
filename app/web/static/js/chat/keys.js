// Letters outside the box do what the buttons do; the list of them opens with "?".
const dialog = document.getElementById("keys");

export function listenToKeys() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys-open]")) dialog.showModal();
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (dialog.open || document.documentElement.classList.contains("no-letters")) return;
    if (press(event.key)) event.preventDefault();
  });
}

function isTyping(element) {
  return element.matches("textarea, select, input:not([type=radio], [type=checkbox])");
}

function press(key) {
  if (key === "/") {
    const area = document.querySelector(".box-text");
    area?.focus();
    return Boolean(area);
  }
  const found = [...document.querySelectorAll(`[data-key="${CSS.escape(key.toLowerCase())}"]`)];
  // The last one is about the newest answer.
  const button = found.findLast((one) => one.checkVisibility() || one.closest(".tools-rest"));
  if (!button) return false;
  const rest = button.closest(".tools-rest");
  if (rest && !button.checkVisibility()) rest.open = true;
  button.click();
  if (button.matches("summary") && button.parentElement.open) {
    button.parentElement.querySelector("button, input:not([type=hidden])")?.focus();
  }
  return true;
}

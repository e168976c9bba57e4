// Sends the page's forms without leaving it, one at a time.
import { chat, parse, put } from "./pages.js";
import { word } from "./words.js";

let busy = null; // the button that was pressed and is not answered yet
let next = null; // another one, pressed meanwhile

export function sendForms() {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-send]")) return;
    event.preventDefault();
    press(event.target, event.submitter ?? event.target);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-soft]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!busy) open(link);
  });
}

function press(form, button) {
  if (!busy) send(form, button);
  else if (busy !== button) next = [form, button];
}

async function send(form, button) {
  const address = button.getAttribute("formaction") ?? form.getAttribute("action");
  const submitter = button === form ? null : button;
  const body = new URLSearchParams(new FormData(form, submitter));
  takeCheckAlong(form, body);
  // The draft stays in this browser.
  if (/\/(pause|end|skip)$/.test(address)) body.delete("text");
  await during(form, button, () =>
    fetch(address, { method: "POST", body, headers: { Accept: "text/html" } }),
  );
  history.replaceState(null, "", location.pathname); // a self-check that was open is over
  if (address.endsWith("/say") && !document.getElementById("trouble")) empty(form);
}

// What was set in an open self-check goes with whatever is pressed; most buttons have it already.
function takeCheckAlong(form, body) {
  for (const field of document.querySelectorAll("[data-check] input")) {
    if (field.form !== form && (field.checked || field.type === "hidden")) {
      body.append(field.name, field.value);
    }
  }
}

// The box stays where it is, and what stood in it was said.
function empty(form) {
  const area = form.elements.text;
  area.value = "";
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
}

async function open(link) {
  await during(link, link, () => fetch(link.href, { headers: { Accept: "text/html" } }));
  history.replaceState(null, "", link.href);
  document.getElementById(link.hash.slice(1))?.focus();
}

async function during(holder, button, ask) {
  busy = button;
  holder.classList.add("is-busy");
  const slow = button.dataset.slow;
  const name = slow && button.textContent;
  if (slow) button.textContent = slow;
  try {
    await take(await ask());
  } catch {
    complain(word("unsent"));
  } finally {
    busy = null;
    if (slow && button.textContent === slow) button.textContent = name;
    holder.classList.remove("is-busy");
  }
  const pressed = next;
  next = null;
  if (pressed?.[1].isConnected) press(...pressed);
}

async function take(reply) {
  const page = parse(await reply.text());
  if (put(page)) return;
  if (reply.ok && reply.redirected) {
    location.assign(reply.url);
    return;
  }
  const said = [...page.querySelectorAll("main h1, main .lead")].map((one) => one.textContent);
  complain(said.join(" ").trim() || word("unread"));
}

function complain(text) {
  document.getElementById("trouble")?.remove();
  const box = document.createElement("div");
  box.id = "trouble";
  box.className = "notice notice-bad";
  box.setAttribute("role", "alert");
  box.append(Object.assign(document.createElement("p"), { textContent: text }));
  chat().querySelector("#dock").prepend(box);
}

// The server draws the page; here it is fetched and put in place.
import { morph } from "./morph.js";

// Everything parsed here was drawn by our own templates, which escape all text.
const policy = globalThis.trustedTypes?.createPolicy("mockint-page", {
  createHTML: (text) => text,
}) ?? { createHTML: (text) => text };

const fillings = new Map();
let looking = null;
let lookAgain = false;

export function parse(text) {
  return new DOMParser().parseFromString(policy.createHTML(text), "text/html");
}

export function chat() {
  return document.getElementById("chat");
}

// How much of the session is shown, to be compared: "12", or "12.7" once more is revealed.
export function isNewer(cursor, than) {
  const [a, b] = [cursor, than].map((one) => one.split(".").map(Number));
  return a[0] !== b[0] ? a[0] > b[0] : (a[1] ?? 0) > (b[1] ?? 0);
}

export function put(page) {
  const fresh = page.getElementById("chat");
  if (!fresh || fresh.dataset.session !== chat().dataset.session) return false;
  if (isNewer(chat().dataset.cursor, fresh.dataset.cursor)) return true;
  morph(chat(), fresh);
  fillings.forEach(refill);
  document.title = page.title;
  tell();
  return true;
}

// A card with one more verdict. A page that is newer than the stream was then knows more than it.
export function putCard(filling) {
  fillings.set(filling.answer, filling);
  refill(filling);
  tell();
}

function refill({ answer, after, html }) {
  const card = document.getElementById(`card-${answer}`);
  if (!card || isNewer(chat().dataset.cursor, after)) fillings.delete(answer);
  else morph(card, parse(html).getElementById(card.id));
}

function tell() {
  document.dispatchEvent(new CustomEvent("chat:changed"));
}

export function look() {
  if (looking) {
    lookAgain = true;
    return looking;
  }
  looking = fetchAndPut().finally(() => {
    looking = null;
    if (lookAgain) {
      lookAgain = false;
      look();
    }
  });
  return looking;
}

async function fetchAndPut() {
  const reply = await fetch(location.pathname + location.search, {
    headers: { Accept: "text/html" },
  }).catch(() => null);
  if (!reply || reply.status >= 500 || reply.status === 429) return;
  if (!put(parse(await reply.text()))) location.reload();
}

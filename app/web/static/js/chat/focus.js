// Where the reader is after the page has changed: at the new question, its box, or what was asked.
let question = current();
let place = boxName();
let doubt = hasDoubt();

export function guideFocus() {
  document.addEventListener("chat:changed", () => {
    const [newQuestion, newPlace, newDoubt] = [current(), boxName(), hasDoubt()];
    if (newQuestion !== question) arrive();
    else if (newPlace && newPlace !== place) write();
    else if (newDoubt && !doubt) document.querySelector("#doubt button").focus();
    else if (!newPlace && place) settle();
    [question, place, doubt] = [newQuestion, newPlace, newDoubt];
  });
}

function current() {
  return document.querySelector(".question")?.id ?? "ended";
}

function boxName() {
  return document.querySelector("form[data-box]")?.dataset.box ?? "";
}

function hasDoubt() {
  return Boolean(document.getElementById("doubt"));
}

function arrive() {
  const heading = document.querySelector(".question");
  heading.scrollIntoView({ block: "start" });
  if (!write()) heading.focus({ preventScroll: true });
}

// On a touch screen the keyboard would cover the question; there the reader opens the box.
function write() {
  const area = document.querySelector(".box-text");
  if (!area || !matchMedia("(pointer: fine)").matches) return false;
  area.focus({ preventScroll: true });
  area.scrollIntoView({ block: "nearest" });
  return true;
}

// The box was sent: on to the card, and the keyboard stays near what comes next.
function settle() {
  document.getElementById("dock").focus({ preventScroll: true });
  const cards = document.querySelectorAll(".card");
  const target = document.getElementById("ended") ?? cards[cards.length - 1];
  target?.scrollIntoView({ block: "start" });
}

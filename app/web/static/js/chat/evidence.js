// Key points and the words that speak for them light each other up: under the pointer, with the
// focus, and for longer by a tap.
let pinned = null;

export function lightEvidence() {
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "touch") follow(event.target);
  });
  document.addEventListener("focusin", (event) => follow(event.target));
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("a[data-light]");
    if (chip) {
      event.preventDefault();
      pin(chip);
    } else if (event.target.closest(".ev")) {
      pin(event.target.closest(".ev"));
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !pinned) return;
    pinned = null;
    show(null);
  });
  document.addEventListener("chat:changed", () => show(pinned));
}

function targetOf(element) {
  const holder = element.closest?.("[data-light], .chip[data-point], .ev, .check-point");
  const card = holder?.closest(".card");
  if (!card) return null;
  const { light, point, points } = holder.dataset;
  return { card: card.id, points: (light ?? point ?? points).split(" ") };
}

function follow(element) {
  show(targetOf(element) ?? pinned);
}

function pin(element) {
  const target = targetOf(element);
  const same = pinned && pinned.card === target.card && pinned.points.join() === target.points.join();
  pinned = same ? null : target;
  show(pinned);
  if (!pinned) return;
  const words = document.querySelector(`#${pinned.card} .ev.is-lit`);
  words?.scrollIntoView({ block: "nearest" });
}

function show(target) {
  for (const lit of document.querySelectorAll(".is-lit")) lit.classList.remove("is-lit");
  for (const words of document.querySelectorAll(".has-lit")) words.classList.remove("has-lit");
  const card = target && document.getElementById(target.card);
  if (!card) return;
  let found = false;
  for (const one of card.querySelectorAll(".ev")) {
    if (!one.dataset.points.split(" ").some((point) => target.points.includes(point))) continue;
    one.classList.add("is-lit");
    found = true;
  }
  card.querySelector(".words").classList.toggle("has-lit", found);
  for (const chip of card.querySelectorAll(".chip[data-point]")) {
    chip.classList.toggle("is-lit", target.points.includes(chip.dataset.point));
  }
}

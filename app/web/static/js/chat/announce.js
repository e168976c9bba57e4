// Says to screen readers what is new, all of a moment in one breath.
const BREATH = 900;
const said = document.getElementById("said");
const known = new Set();
let queue = [];
let timer = 0;

export function announceNews() {
  collect();
  document.addEventListener("chat:changed", () => {
    queue.push(...collect());
    if (queue.length && !timer) timer = setTimeout(speak, BREATH);
  });
}

function collect() {
  const news = [];
  for (const one of document.querySelectorAll("#turns [data-said], #turns :is(.hint, .asked)")) {
    if (one.closest("details:not([open])")) continue;
    const text = one.dataset.said ?? one.textContent.replace(/\s+/g, " ").trim();
    const name = `${one.id} ${text}`;
    if (!known.has(name)) news.push(text);
    known.add(name);
  }
  return news;
}

function speak() {
  timer = 0;
  said.textContent = queue.join(". ");
  queue = [];
}

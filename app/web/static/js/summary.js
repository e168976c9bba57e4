// A summary that is being written is put in place when it is there, or what became of it; nothing
// else on the page moves.
const section = document.querySelector("#summary[data-state=writing]");
const PAUSE = 1500;

async function look() {
  const reply = await fetch(section.dataset.from, { headers: { accept: "application/json" } });
  if (reply.status >= 500 || reply.status === 429) return true;
  const { state, words } = reply.ok ? await reply.json() : {};
  if (state === "writing") return true;
  if (!words?.length) {
    location.reload(); // the page says what is the matter
    return false;
  }
  section.querySelector("[aria-live]").replaceChildren(...words.map(paragraph));
  section.querySelector("form").hidden = state !== "failed";
  section.dataset.state = state;
  return false;
}

// The last paragraph is about the summary.
function paragraph(text, place, all) {
  const made = document.createElement("p");
  made.textContent = text;
  if (place === all.length - 1) made.className = "quiet";
  return made;
}

async function wait() {
  if (await look().catch(() => true)) setTimeout(wait, PAUSE);
}

if (section) setTimeout(wait, PAUSE);

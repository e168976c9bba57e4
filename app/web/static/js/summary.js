// A summary that is being written is put in place when it is there.
const section = document.querySelector("#summary[data-state=writing]");
const PAUSE = 1500;

async function look() {
  const reply = await fetch(section.dataset.from, { headers: { accept: "application/json" } });
  if (!reply.ok) return true;
  const { state, text, by } = await reply.json();
  if (state === "writing") return true;
  if (state !== "done") {
    location.reload(); // the page says what can be done
    return false;
  }
  const [said, source] = [document.createElement("p"), document.createElement("p")];
  said.textContent = text;
  source.textContent = by;
  source.className = "quiet";
  section.querySelector("[aria-live]").replaceChildren(said, source);
  section.dataset.state = state;
  return false;
}

async function wait() {
  if (await look().catch(() => true)) setTimeout(wait, PAUSE);
}

if (section) setTimeout(wait, PAUSE);

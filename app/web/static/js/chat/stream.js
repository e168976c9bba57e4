// Follows the session; a connection that is lost is quietly made again.
import { chat, isNewer, look, putCard } from "./pages.js";
import { word } from "./words.js";

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 15000;
const PATIENCE = 1500;
const HIDDEN_FOR = 20000;

const state = document.getElementById("link-state");
let source = null;
let pause = FIRST_PAUSE;
let complaint = 0;
let rest = 0;

export function follow() {
  connect();
  document.addEventListener("visibilitychange", () => {
    clearTimeout(rest);
    // A browser allows few connections to one server; a hidden page lets go of its own.
    if (document.hidden) rest = setTimeout(disconnect, HIDDEN_FOR);
    else if (!source) lookAndConnect();
  });
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", (event) => event.persisted && lookAndConnect());
}

function connect() {
  disconnect();
  const address = chat().dataset.live;
  if (!address) return;
  source = new EventSource(`${address}?after=${encodeURIComponent(chat().dataset.cursor)}`);
  source.addEventListener("open", () => {
    pause = FIRST_PAUSE;
    fallSilent();
  });
  source.addEventListener("look", (event) => {
    if (isNewer(event.data, chat().dataset.cursor)) look();
  });
  source.addEventListener("card", (event) => putCard(JSON.parse(event.data)));
  source.addEventListener("over", disconnect);
  source.addEventListener("error", tryAgain);
}

function disconnect() {
  source?.close();
  source = null;
}

function tryAgain() {
  complaint ||= setTimeout(() => (state.textContent = word("lost")), PATIENCE);
  if (source?.readyState !== EventSource.CLOSED) return; // the browser itself does
  disconnect();
  setTimeout(() => !source && lookAndConnect(), pause);
  pause = Math.min(pause * 2, LONGEST_PAUSE);
}

async function lookAndConnect() {
  await look();
  connect();
  if (!source) fallSilent();
}

function fallSilent() {
  clearTimeout(complaint);
  complaint = 0;
  state.textContent = "";
}

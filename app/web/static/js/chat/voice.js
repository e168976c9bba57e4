// Dictation and reading aloud by the browser's own voice, where it has one for the language.
import { box, note, textOf } from "./box.js";
import { word } from "./words.js";

const TAGS = { zh: "zh-CN", en: "en-US" };
const Recognition = globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition;
const synthesis = globalThis.speechSynthesis;
let hearing = null;
let reader = null;

export function lendVoice() {
  document.addEventListener("chat:changed", offer);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-read], #dictate");
    if (button?.id === "dictate") dictate(button);
    else if (button) read(button);
  });
  document.addEventListener("submit", () => hearing?.stop());
  addEventListener("pagehide", () => synthesis?.cancel());
  synthesis?.addEventListener?.("voiceschanged", offer);
  offer();
}

function offer() {
  for (const button of document.querySelectorAll("[data-read]")) {
    button.hidden = !voiceFor(button.dataset.tongue);
    button.setAttribute("aria-pressed", String(button.dataset.read === reader));
  }
  const button = document.getElementById("dictate");
  if (!button) return;
  button.hidden = !Recognition;
  button.setAttribute("aria-pressed", String(Boolean(hearing)));
}

function voiceFor(tongue) {
  const voices = synthesis?.getVoices?.() ?? [];
  return voices.find((one) => one.lang.toLowerCase().startsWith(tongue));
}

function read(button) {
  const again = reader === button.dataset.read;
  synthesis.cancel();
  reader = again ? null : button.dataset.read;
  if (!again) {
    const speech = new SpeechSynthesisUtterance(document.getElementById(reader).textContent);
    speech.voice = voiceFor(button.dataset.tongue);
    speech.lang = speech.voice.lang;
    const mine = reader;
    speech.onend = speech.onerror = () => {
      if (reader === mine) reader = null;
      offer();
    };
    synthesis.speak(speech);
  }
  offer();
}

function dictate(button) {
  if (hearing) {
    hearing.stop();
    return;
  }
  const form = box();
  const area = textOf(form);
  const [before, after] = [area.value.slice(0, area.selectionStart), area.value.slice(area.selectionEnd)];
  hearing = new Recognition();
  hearing.lang = TAGS[button.dataset.tongue] ?? button.dataset.tongue;
  hearing.continuous = true;
  hearing.interimResults = true;
  hearing.onresult = (event) => {
    const heard = [...event.results].map((result) => result[0].transcript).join("");
    area.value = before + heard + after;
    area.selectionStart = area.selectionEnd = before.length + heard.length;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };
  hearing.onerror = (event) => note(form, word("deaf", { reason: event.error }), true);
  hearing.onend = () => {
    hearing = null;
    offer();
  };
  hearing.start();
  note(form, word("listening"));
  offer();
}

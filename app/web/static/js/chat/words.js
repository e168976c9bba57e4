// Texts of the page's own, in its language: the server puts them into one element.
const element = document.getElementById("chat-words");

export function word(name, values = {}) {
  const text = element.dataset[name] ?? "";
  return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

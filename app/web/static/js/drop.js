// A file dropped anywhere on the page goes into the field; with `data-sends` it is sent at once.
const zone = document.querySelector("#drop");
const field = zone.querySelector("input[type=file]");
zone.querySelector(".drop-hint").hidden = false;

const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");

addEventListener("dragover", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  zone.classList.add("is-over");
});

addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) zone.classList.remove("is-over");
});

addEventListener("drop", (event) => {
  zone.classList.remove("is-over");
  if (!holdsFiles(event)) return;
  event.preventDefault();
  if (event.dataTransfer.files.length !== 1) return;
  field.files = event.dataTransfer.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  if ("sends" in zone.dataset) field.form.requestSubmit();
  else field.focus();
});

// File inputs in the page's language: the input lies, unseen, over a face that says the same.
for (const file of document.querySelectorAll("[data-file]")) {
  const field = file.querySelector("input");
  const name = file.querySelector(".file-name");
  const show = () => (name.textContent = field.files[0]?.name ?? name.dataset.none);
  file.querySelector(".file-face").hidden = false;
  file.classList.add("is-dressed");
  field.addEventListener("change", show);
  addEventListener("pageshow", show); // a browser that goes back puts the file in again
  show();
}

// Printing needs a script, so the button shows only where there is one.
const button = document.querySelector("#print");
button.closest("li").hidden = false;
button.addEventListener("click", () => {
  button.closest("details").open = false;
  window.print();
});

// Settling verdicts: 1 to 4 set one and go on to the next key point; a chip leads to its own.
export function tendCheck() {
  document.addEventListener("click", (event) => {
    const chip = event.target.closest(".chip[data-point]");
    const check = chip?.closest(".card").querySelector("[data-check]");
    check?.querySelector(`.check-point[data-point="${chip.dataset.point}"] input:checked`).focus();
  });
  document.addEventListener("keydown", (event) => {
    const check = document.querySelector("[data-check]");
    if (!check || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!/^[1-4]$/.test(event.key) || event.target.matches("textarea, input[type=text]")) return;
    event.preventDefault();
    const points = [...check.querySelectorAll(".check-point")];
    const here = document.activeElement?.closest(".check-point") ?? points[0];
    const choice = here.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
    choice.checked = true;
    const next = points[points.indexOf(here) + 1];
    (next?.querySelector("input:checked") ?? check.querySelector("button")).focus();
  });
}

"use strict";
const operations = [...document.querySelectorAll(".operation")];
const buttons = [...document.querySelectorAll("[data-verdict][aria-pressed]")];
const filter = document.getElementById("filter");
const shown = document.getElementById("shown");
let verdict = "";

function update() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const operation of operations) {
    const fits =
      (verdict === "" || operation.dataset.verdict === verdict) &&
      words.every((word) => operation.dataset.words.includes(word));
    operation.hidden = !fits;
    count += fits ? 1 : 0;
  }
  shown.textContent = count === operations.length ? "" : `${count} of ${operations.length} operations`;
}

function reveal() {
  const target = document.getElementById(location.hash.slice(1));
  if (target === null || !target.matches(".operation")) return;
  if (target.hidden) buttons[0].click();
  target.open = true;
  target.scrollIntoView();
}

addEventListener("hashchange", reveal);
filter.addEventListener("input", update);
for (const button of buttons) {
  button.addEventListener("click", () => {
    verdict = button.dataset.verdict;
    for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    update();
  });
}
for (const button of document.querySelectorAll(".copy")) {
  button.addEventListener("click", async () => {
    const text = button.closest("figure").querySelector("code").textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(button.closest("figure").querySelector("code"));
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
}

// What the pages do beyond htmx: one player for all pieces. No page needs it to be read.
"use strict";

const deck = document.getElementById("deck");

function playPiece(button) {
  const audio = deck.querySelector("audio");
  const same = audio.dataset.piece === button.dataset.play;
  document.querySelectorAll(".play[aria-pressed=true]").forEach((other) => other.setAttribute("aria-pressed", "false"));
  if (same && !audio.paused) {
    audio.pause();
    return;
  }
  if (!same) {
    audio.src = button.dataset.play;
    audio.dataset.piece = button.dataset.play;
    deck.querySelector(".deck-title").textContent = button.dataset.title;
  }
  deck.hidden = false;
  button.setAttribute("aria-pressed", "true");
  audio.play().catch(() => button.setAttribute("aria-pressed", "false"));
}

function closeDeck() {
  deck.querySelector("audio").pause();
  deck.hidden = true;
  document.querySelectorAll(".play[aria-pressed=true]").forEach((button) => button.setAttribute("aria-pressed", "false"));
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-play],[data-close-deck],[data-dismiss]");
  if (!target) return;
  if (target.dataset.play) playPiece(target);
  else if ("closeDeck" in target.dataset) closeDeck();
  else if ("dismiss" in target.dataset) target.parentElement.remove();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});
if (deck) {
  deck.querySelector("audio").addEventListener("ended", () => {
    document.querySelectorAll(".play[aria-pressed=true]").forEach((button) => button.setAttribute("aria-pressed", "false"));
  });
}

// On a phone a table is read row by row; each cell then needs its heading beside it.
function labelCells(root) {
  root.querySelectorAll("table:has(thead):not(.heat)").forEach((table) => {
    const heads = [...table.tHead.rows[0].cells];
    table.classList.add("stacked");
    for (const row of [...table.tBodies, table.tFoot].flatMap((part) => (part ? [...part.rows] : []))) {
      if (row.cells.length !== heads.length) continue;
      heads.forEach((head, at) => {
        const cell = row.cells[at];
        const isNamed = !head.querySelector(".visually-hidden") && !(cell.tagName === "TH" && at === 0);
        if (isNamed && (cell.textContent.trim() || cell.childElementCount)) cell.dataset.label = head.textContent.trim();
      });
    }
  });
}
labelCells(document);
document.addEventListener("htmx:load", (event) => labelCells(event.target));

// A key leads where its link leads, unless somebody is typing.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input,textarea,select,audio,[contenteditable]")) return;
  const link = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (link) link.click();
});
document.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-select]")) event.target.select();
});

// What cannot be taken back by the same button asks first.
document.addEventListener("submit", (event) => {
  const question = event.submitter && event.submitter.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

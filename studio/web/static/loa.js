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

// A long list is searched as people type: without diacritics, all words in any order.
function foldText(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/đ/g, "d");
}
document.querySelectorAll("[data-seek]").forEach((field) => {
  field.parentElement.hidden = false;
  const list = document.querySelector(field.dataset.seek);
  field.addEventListener("input", () => {
    const words = foldText(field.value).split(/\s+/);
    let found = 0;
    list.querySelectorAll("[data-seek-group]").forEach((group) => {
      const heading = group.querySelector("h2").textContent;
      const items = [...group.querySelectorAll("[data-seek-item]")];
      items.forEach((item) => {
        const text = foldText(`${heading} ${item.querySelector("[data-seek-words]").textContent}`);
        item.hidden = !words.every((word) => text.includes(word));
      });
      const shown = items.filter((item) => !item.hidden).length;
      group.hidden = !shown;
      found += shown;
    });
    field.parentElement.querySelector("[data-seek-none]").hidden = found > 0;
  });
});

// What cannot be taken back by the same button asks first.
document.addEventListener("submit", (event) => {
  const question = event.submitter && event.submitter.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

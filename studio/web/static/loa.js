// What the pages do beyond htmx: one player for all pieces, and the script editor's keys. No page needs it to be read.
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

// The editor: cues go in at the caret on a line of their own, a problem takes the caret to its place.
function insertCue(text, cue) {
  const before = text.value.slice(0, text.selectionStart);
  const after = text.value.slice(text.selectionEnd);
  const ownLine = cue.startsWith("[") || cue.startsWith("#");
  const lead = ownLine && before && !before.endsWith("\n") ? "\n" : "";
  const tail = ownLine && !after.startsWith("\n") ? "\n" : "";
  text.focus();
  // execCommand keeps the browser's undo; the fallback does not.
  if (!document.execCommand("insertText", false, lead + cue + tail)) {
    text.setRangeText(lead + cue + tail, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function jumpTo(text, line, column) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const from = start + Math.max(0, column - 1);
  text.focus();
  text.setSelectionRange(from, Math.min(start + (lines[line - 1] || "").length, from + 24));
  const height = parseFloat(getComputedStyle(text).lineHeight);
  text.scrollTop = Math.max(0, (line - 4) * height);
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-play],[data-close-deck],[data-dismiss],[data-cue],[data-line]");
  if (!target) return;
  const text = document.getElementById("text");
  if (target.dataset.play) playPiece(target);
  else if ("closeDeck" in target.dataset) closeDeck();
  else if ("dismiss" in target.dataset) target.parentElement.remove();
  else if (target.dataset.cue && text) insertCue(text, target.dataset.cue);
  else if (target.dataset.line && text) jumpTo(text, Number(target.dataset.line), Number(target.dataset.column));
});

const form = document.getElementById("editor");
if (form) {
  const text = document.getElementById("text");
  const state = document.getElementById("unsaved");
  const saved = text.value;
  let leaving = false;
  const changed = () => text.value !== saved;
  text.addEventListener("input", () => { state.hidden = !changed(); });
  form.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("beforeunload", (event) => { if (changed() && !leaving) event.preventDefault(); });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});
if (deck) {
  deck.querySelector("audio").addEventListener("ended", () => {
    document.querySelectorAll(".play[aria-pressed=true]").forEach((button) => button.setAttribute("aria-pressed", "false"));
  });
}

// What cannot be taken back by the same button asks first.
document.addEventListener("submit", (event) => {
  const question = event.submitter && event.submitter.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

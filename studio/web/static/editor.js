// The page of a script: cues at the caret, a draft that survives, the reading word by word, corrections, and
// the player that follows the text. No page needs it to be read or saved.
"use strict";

const page = {
  form: document.getElementById("editor"),
  text: document.getElementById("text"),
  dialog: document.getElementById("correct"),
  toast: document.getElementById("toast"),
};
const token = () => document.querySelector("input[name=csrf]").value;
const fill = (words, values) => words.replace(/%(\w+)%/g, (_, name) => values[name]);

async function ask(method, address, body) {
  const answer = await fetch(`/api/v1${address}`, {
    method,
    headers: { "content-type": "application/json", "x-csrf-token": token() },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error ? told.error.message : page.dialog.dataset.failed);
  return told;
}

// Cues go in at the caret on a line of their own; a place in the text is selected and brought into sight.
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

// What is typed is kept in this browser until the server has it: a lost link or sign-in loses nothing.
function keepDraft(form, text) {
  const name = `loa-draft ${form.dataset.code}`;
  const badge = document.getElementById("unsaved");
  const saved = "unsaved" in form.dataset ? null : text.value;
  const changed = () => text.value !== saved;
  let leaving = false;
  let timer = 0;
  const store = () => {
    try {
      if (changed()) localStorage.setItem(name, JSON.stringify({ text: text.value, at: Date.now() }));
      else localStorage.removeItem(name);
    } catch { /* no room or not allowed: the page works without it */ }
  };
  let draft = null;
  try { draft = JSON.parse(localStorage.getItem(name)); } catch { draft = null; }
  if (draft && draft.text.normalize("NFC") !== text.value.normalize("NFC")) offer(draft);
  else if (saved !== null) store();
  badge.hidden = !changed();
  text.addEventListener("input", () => {
    badge.hidden = !changed();
    clearTimeout(timer);
    timer = setTimeout(store, 300);
  });
  form.addEventListener("submit", () => { store(); leaving = true; });
  window.addEventListener("pagehide", () => { if (!document.getElementById("draft")) store(); });
  window.addEventListener("beforeunload", (event) => { if (changed() && !leaving) event.preventDefault(); });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.requestSubmit();
    }
  });

  function offer(kept) {
    const bar = document.createElement("p");
    bar.id = "draft";
    bar.className = "notice warn";
    const at = new Date(kept.at);
    const clock = `${at.toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit" })} ${at.toLocaleDateString("vi", { day: "2-digit", month: "2-digit", year: "numeric" })}`;
    const words = document.createElement("span");
    words.textContent = fill(form.dataset.kept, { at: clock });
    const row = document.createElement("span");
    row.className = "row";
    row.append(
      makeButton(form.dataset.restore, "", () => {
        bar.remove();
        text.value = kept.text;
        text.dispatchEvent(new Event("input", { bubbles: true }));
        text.focus();
      }),
      makeButton(form.dataset.drop, "second", () => { bar.remove(); store(); }),
    );
    bar.append(words, row);
    form.prepend(bar);
  }
}

function makeButton(words, kind, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = kind;
  button.textContent = words;
  button.addEventListener("click", act);
  return button;
}

// The reading: arrow keys go from word to word, a word opens the correction, a sentence is heard.
function sentenceOf(element) {
  return element.closest(".said > li");
}

function walkWords(event) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const word = event.target.closest(".word");
  if (!word) return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    openCorrection(word);
  }
  if (!step) return;
  const words = [...document.querySelectorAll(".said .word")];
  const next = words[words.indexOf(word) + step];
  if (next) {
    event.preventDefault();
    if (!next.hasAttribute("tabindex")) next.tabIndex = -1;
    next.focus();
  }
}

let subject = null; // the word that the dialog is about

function openCorrection(word) {
  if (!page.dialog) return;
  const form = page.dialog.querySelector("form");
  const item = sentenceOf(word);
  const [line, column] = word.dataset.at.split(":").map(Number);
  const organisation = document.getElementById("reading").dataset.organisation;
  subject = { line, column, item: { line: Number(item.dataset.line), column: Number(item.dataset.column) }, voice: item.dataset.voice, organisation };
  form.reset();
  form.words.value = word.dataset.source || word.textContent;
  form.reading.value = word.textContent;
  page.dialog.querySelector(".context").textContent = item.querySelector(".source").textContent;
  page.dialog.querySelector("[data-voice]").textContent = subject.voice;
  const inside = page.dialog.querySelector("[data-organisation]");
  inside.hidden = !organisation;
  inside.querySelector("b").textContent = organisation;
  say("");
  page.dialog.querySelector("audio").hidden = true;
  page.dialog.showModal();
  form.reading.focus();
  form.reading.select();
}

function say(words) {
  const notice = page.dialog.querySelector(".notice");
  notice.textContent = words;
  notice.hidden = !words;
}

function readForm() {
  const form = page.dialog.querySelector("form");
  const chosen = form.scope.value;
  const code = page.dialog.dataset.code;
  const targets = { here: code, script: code, organisation: subject.organisation, always: "", voice: subject.voice };
  return {
    words: form.words.value,
    reading: form.reading.value,
    scope: chosen === "here" ? "script" : chosen,
    target: targets[chosen],
    at: chosen === "here" ? { line: subject.line, column: subject.column } : null,
    text: page.text ? page.text.value : null,
  };
}

async function tryOut(correction) {
  const given = { line: subject.item.line, column: subject.item.column, text: correction.text, correction };
  const heard = await ask("POST", `/scripts/${page.dialog.dataset.code}/hearing`, given);
  const audio = page.dialog.querySelector("audio");
  audio.src = heard.address;
  audio.hidden = false;
  await audio.play().catch(() => {});
}

async function keepCorrection(correction) {
  const made = await ask("POST", "/corrections", correction);
  page.dialog.close();
  const count = made.effects.reduce((sum, effect) => sum + effect.sentences.length, 0);
  showToast(fill(page.dialog.dataset.saved, { words: made.words, reading: made.reading, count }), made);
  reread();
}

function reread() {
  if (page.text) page.text.dispatchEvent(new Event("reread", { bubbles: true }));
  else setTimeout(() => location.reload(), 1500);
}

function showToast(words, made) {
  page.toast.replaceChildren(Object.assign(document.createElement("span"), { textContent: words }));
  if (made) {
    page.toast.append(makeButton(page.dialog.dataset.undo, "second", async () => {
      try {
        const back = await ask("POST", `/corrections/${made.id}/undo`, { version: made.version });
        showToast(fill(page.dialog.dataset.undone, { words: back.words }), null);
        reread();
      } catch (error) { showToast(error.message, null); }
    }));
  }
  page.toast.hidden = false;
  clearTimeout(showToast.timer);
  showToast.timer = setTimeout(() => { page.toast.hidden = true; }, made ? 15000 : 5000);
}

async function hear(item) {
  const source = item.querySelector(".source").textContent;
  const made = player.find(item);
  if (made) {
    player.seek(made);
    return;
  }
  try {
    const given = { line: Number(item.dataset.line), column: Number(item.dataset.column), text: page.text ? page.text.value : null };
    const heard = await ask("POST", `/scripts/${page.dialog.dataset.code}/hearing`, given);
    const audio = document.querySelector("#deck audio");
    audio.src = heard.address;
    document.querySelector("#deck .deck-title").textContent = source;
    document.getElementById("deck").hidden = false;
    await audio.play().catch(() => {});
  } catch (error) { showToast(error.message, null); }
}

// The made segment: a sentence is found in it by its words as long as they are said as they were made.
const player = {
  rows: [],
  audio: null,
  async load() {
    const audio = document.querySelector("#production audio[data-sentences]");
    if (!audio || audio === player.audio) return;
    player.audio = audio;
    audio.addEventListener("timeupdate", player.follow);
    audio.addEventListener("seeked", player.follow);
    try {
      const answer = await fetch(audio.dataset.sentences);
      player.rows = answer.ok ? await answer.json() : [];
    } catch { player.rows = []; }
    player.mark();
  },
  mark() {
    const taken = new Set();
    document.querySelectorAll(".said > li").forEach((item) => {
      const source = item.querySelector(".source").textContent;
      const spoken = item.querySelector(".spoken").textContent;
      const index = player.rows.findIndex((row, at) => !taken.has(at) && row.source === source && row.spoken === spoken);
      item.dataset.made = index;
      if (index >= 0) taken.add(index);
      item.classList.toggle("in-segment", index >= 0);
    });
    player.follow();
  },
  find(item) {
    return player.audio && player.audio.isConnected ? player.rows[Number(item.dataset.made)] : undefined;
  },
  seek(row) {
    const start = () => {
      player.audio.currentTime = row.start_ms / 1000;
      player.audio.play().catch(() => {});
    };
    if (player.audio.readyState > 0) start();
    else {
      player.audio.addEventListener("loadedmetadata", start, { once: true });
      player.audio.load();
    }
  },
  follow() {
    if (!player.audio) return;
    const now = player.audio.currentTime * 1000;
    const index = player.rows.findIndex((row) => row.start_ms <= now && now < row.end_ms);
    document.querySelectorAll(".said > li").forEach((item) => {
      const on = index >= 0 && Number(item.dataset.made) === index;
      if (on && !item.classList.contains("sounding") && !player.audio.paused) item.scrollIntoView({ block: "nearest" });
      item.classList.toggle("sounding", on);
    });
  },
};

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-cue],[data-line].quiet,.problems [data-line],[data-hear],.said .word");
  if (!target) return;
  if (target.matches(".word")) openCorrection(target);
  else if ("hear" in target.dataset) hear(sentenceOf(target));
  else if (target.dataset.cue && page.text) insertCue(page.text, target.dataset.cue);
  else if (target.dataset.line && page.text) jumpTo(page.text, Number(target.dataset.line), Number(target.dataset.column));
});
document.addEventListener("change", (event) => {
  const choice = event.target.closest("[data-cue-choice]");
  if (!choice || !choice.value || !page.text) return;
  insertCue(page.text, choice.value);
  choice.value = "";
});
document.addEventListener("keydown", walkWords);
if (page.form) keepDraft(page.form, page.text);
if (page.dialog) {
  const form = page.dialog.querySelector("form");
  const run = async (deed) => {
    say("");
    form.querySelectorAll("button").forEach((button) => { button.disabled = true; });
    try { await deed(readForm()); } catch (error) {
      say(error instanceof TypeError || error instanceof SyntaxError ? page.dialog.dataset.failed : error.message);
    }
    form.querySelectorAll("button").forEach((button) => { button.disabled = false; });
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); run(keepCorrection); });
  form.querySelector("[data-try]").addEventListener("click", () => { if (form.reportValidity()) run(tryOut); });
  form.querySelector("[data-cancel]").addEventListener("click", () => page.dialog.close());
}
player.load();
// htmx brings new readings and a new player.
new MutationObserver((changes) => {
  const fresh = changes.flatMap((change) => [...change.addedNodes]).filter((node) => node.nodeType === 1);
  if (fresh.some((node) => node.id === "production" || node.querySelector("#production"))) player.load();
  if (fresh.some((node) => node.id === "reading" || node.querySelector("#reading"))) player.mark();
}).observe(document.getElementById("main"), { childList: true, subtree: true });

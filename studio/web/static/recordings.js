// The desk of a recording: the wave drawn from what the server knows, a stretch chosen by mouse or keys, edits as forms.
"use strict";

const desk = document.getElementById("desk");

function clock(seconds) {
  const tenths = Math.round(seconds * 10);
  return `${Math.floor(tenths / 600)}:${String(Math.floor(tenths / 10) % 60).padStart(2, "0")},${tenths % 10}`;
}

function precise(seconds) { // to the millisecond, as the forms take it
  const ms = Math.round(seconds * 1000);
  return `${Math.floor(ms / 60000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")},${String(ms % 1000).padStart(3, "0")}`;
}

function parse(text) {
  const parts = text.trim().replace(",", ".").split(":").map(Number);
  return parts.some(Number.isNaN) ? NaN : parts.reduce((sum, part) => sum * 60 + part, 0);
}

async function openDesk() {
  const audio = desk.querySelector("[data-audio]");
  const holder = desk.querySelector("[data-wave]");
  const now = desk.querySelector("[data-now]");
  const form = desk.querySelector("[data-edits]");
  const length = Number(desk.dataset.duration) / 1000;
  let points = [0, 0];
  try {
    const answer = await fetch(desk.dataset.peaks);
    points = (await answer.json()).points;
  } catch { now.textContent = desk.dataset.failed; }
  const style = getComputedStyle(document.documentElement);
  const ink = (name) => style.getPropertyValue(name).trim();
  const wave = WaveSurfer.create({
    container: holder, media: audio, peaks: [points], duration: length, cspNonce: desk.dataset.nonce,
    height: 128, waveColor: "#7fb0aa", progressColor: ink("--brand"), cursorColor: ink("--bad"), cursorWidth: 2, normalize: true, interact: false,
  });
  const layer = document.createElement("div");
  layer.className = "wave-layer";
  const chosen = document.createElement("div");
  chosen.className = "wave-chosen";
  layer.append(chosen);
  for (const cue of [desk.dataset.cueIn, desk.dataset.cueOut]) {
    if (cue === undefined) continue;
    const mark = document.createElement("div");
    mark.className = "wave-cue";
    mark.style.left = `${(Number(cue) / 1000 / length) * 100}%`;
    layer.append(mark);
  }
  holder.append(layer);

  let until = null; // where hearing a stretch stops
  const bound = (seconds) => Math.min(Math.max(seconds, 0), length);
  const seek = (seconds) => { audio.currentTime = bound(seconds); show(bound(seconds)); };
  const show = (seconds) => {
    now.textContent = clock(seconds);
    holder.setAttribute("aria-valuenow", seconds.toFixed(1));
    holder.setAttribute("aria-valuetext", clock(seconds));
  };
  const stretch = () => [parse(form.elements.start.value), parse(form.elements.end.value)];
  const paint = () => {
    if (!form) return;
    const [start, end] = stretch();
    const all = !(end > start) || (start <= 0 && end >= length - 0.0006);
    chosen.hidden = all;
    chosen.style.left = `${(start / length) * 100}%`;
    chosen.style.width = `${((end - start) / length) * 100}%`;
  };
  const choose = (start, end) => {
    if (!form) return;
    form.elements.start.value = precise(bound(Math.min(start, end)));
    form.elements.end.value = precise(bound(Math.max(start, end)));
    paint();
  };
  const toggle = () => {
    until = null;
    if (audio.paused) audio.play().catch(() => { now.textContent = desk.dataset.noSound; });
    else audio.pause();
  };
  const hearStretch = () => {
    const [start, end] = stretch();
    seek(start);
    until = end;
    audio.play().catch(() => { now.textContent = desk.dataset.noSound; });
  };
  audio.addEventListener("timeupdate", () => {
    show(audio.currentTime);
    if (until !== null && audio.currentTime >= until) { audio.pause(); until = null; }
  });
  const button = desk.querySelector("[data-play-wave]");
  for (const kind of ["play", "pause", "ended"]) audio.addEventListener(kind, () => button.setAttribute("aria-pressed", String(!audio.paused)));
  button.addEventListener("click", toggle);

  // A click goes there, a drag chooses a stretch.
  let from = null;
  const at = (event) => {
    const box = layer.getBoundingClientRect();
    return bound(((event.clientX - box.left) / box.width) * length);
  };
  layer.addEventListener("pointerdown", (event) => {
    from = { x: event.clientX, time: at(event) };
    layer.setPointerCapture(event.pointerId);
  });
  layer.addEventListener("pointermove", (event) => {
    if (from && Math.abs(event.clientX - from.x) > 4) choose(from.time, at(event));
  });
  layer.addEventListener("pointerup", (event) => {
    if (from && Math.abs(event.clientX - from.x) <= 4) seek(from.time);
    from = null;
  });

  const press = (name) => {
    const deed = form && form.querySelector(`[value="${name}"]`);
    if (deed) form.requestSubmit(deed);
  };
  const submit = (which) => {
    const other = desk.querySelector(which);
    if (other && !other.querySelector("button").disabled) other.requestSubmit();
  };
  const keys = {
    " ": toggle, x: () => press("cut"), k: () => press("keep"), g: () => press("cues"), p: () => form && hearStretch(),
    i: () => choose(audio.currentTime, Math.max(stretch()[1], audio.currentTime)),
    o: () => choose(Math.min(stretch()[0], audio.currentTime), audio.currentTime),
    Home: () => seek(0), End: () => seek(length),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select");
    const control = event.ctrlKey || event.metaKey;
    if (typing || event.altKey) return;
    if (control && event.key.toLowerCase() === "z") { event.preventDefault(); submit(event.shiftKey ? "[data-redo]" : "[data-undo]"); return; }
    if (control && event.key.toLowerCase() === "y") { event.preventDefault(); submit("[data-redo]"); return; }
    if (control) return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) { event.preventDefault(); seek(audio.currentTime + step * (event.shiftKey ? 0.1 : 1)); return; }
    const deed = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!deed || (event.key === " " && event.target.closest("button, a, summary"))) return;
    event.preventDefault();
    deed();
  });
  if (form) {
    form.addEventListener("input", paint);
    const hear = form.querySelector("[data-hear-stretch]");
    hear.hidden = false;
    hear.addEventListener("click", hearStretch);
  }
  paint();
  show(0);
  desk.dataset.ready = "";
  return wave;
}

if (desk) openDesk();

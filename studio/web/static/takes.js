// Recording takes in the browser: one passage at a time, sent as it was recorded, without the browser's own "improvements".
"use strict";

const list = document.getElementById("takes");
const notice = document.getElementById("notice");
let running = null; // the recording under way: { form, recorder, stream, timer }

function tell(words) {
  const box = document.createElement("div");
  box.className = "notice bad";
  box.textContent = words;
  notice.replaceChildren(box);
}

async function send(form, data) {
  const state = form.querySelector("[data-state]");
  state.textContent = list.dataset.sending;
  try {
    const answer = await fetch(form.action, { method: "POST", body: data, headers: { "HX-Request": "true" } });
    if (answer.ok) {
      location.hash = `p${data.get("number")}`;
      location.reload();
      return;
    }
    notice.innerHTML = await answer.text(); // a fragment of our own server, escaped there
  } catch { tell(list.dataset.failed); }
  state.textContent = "";
}

function fields(form) {
  const data = new FormData();
  for (const name of ["csrf", "number", "words"]) data.set(name, form.elements[name].value);
  return data;
}

async function start(form, button) {
  notice.replaceChildren();
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
  } catch { tell(list.dataset.denied); return; }
  const kind = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"].find((one) => MediaRecorder.isTypeSupported(one));
  const recorder = new MediaRecorder(stream, { mimeType: kind, audioBitsPerSecond: 160000 });
  const parts = [];
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  recorder.addEventListener("stop", () => {
    stream.getTracks().forEach((track) => track.stop());
    const data = fields(form);
    const suffix = recorder.mimeType.includes("mp4") ? "m4a" : recorder.mimeType.includes("ogg") ? "ogg" : "webm";
    data.set("file", new Blob(parts, { type: recorder.mimeType }), `${String(data.get("number")).padStart(2, "0")}.${suffix}`);
    send(form, data);
  });
  const begun = Date.now();
  const words = button.querySelector("[data-words]");
  const show = () => {
    const seconds = Math.floor((Date.now() - begun) / 1000);
    words.textContent = `${list.dataset.stop} ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  recorder.start(1000);
  button.classList.add("recording");
  button.setAttribute("aria-pressed", "true");
  show();
  running = { form, recorder, timer: setInterval(show, 500) };
}

function stop() {
  clearInterval(running.timer);
  running.recorder.stop();
  running = null;
}

if (list) {
  const able = Boolean(navigator.mediaDevices && window.MediaRecorder);
  if (able) list.querySelectorAll("[data-record]").forEach((button) => { button.hidden = false; });
  else if (list.querySelector("[data-take]")) tell(list.dataset.insecure);
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-record]");
    if (!button) return;
    const form = button.closest("form");
    if (running && running.form === form) stop();
    else if (!running) start(form, button);
  });
  list.addEventListener("change", (event) => {
    if (event.target.type !== "file" || !event.target.files.length) return;
    const form = event.target.closest("form");
    const data = fields(form);
    data.set("file", event.target.files[0]);
    send(form, data);
  });
  window.addEventListener("beforeunload", (event) => { if (running) event.preventDefault(); });
}

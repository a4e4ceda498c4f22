// The coach's desk: speeds, spans and keys. Everything works without it but these.
// @ts-check

import { announce } from "./app.js";

const desk = /** @type {HTMLElement} */ (document.getElementById("desk"));
const audio = desk.querySelector("audio");
const speeds = /** @type {HTMLButtonElement[]} */ ([...desk.querySelectorAll("[data-speed]")]);
const keysOn = /** @type {HTMLInputElement} */ (document.getElementById("keys-on"));
const STEP_S = 2;
const KEPT = "desk-keys";

/** @param {string} id */
const field = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));

/** @param {HTMLButtonElement} chosen */
function speed(chosen) {
  for (const other of speeds) other.setAttribute("aria-pressed", String(other === chosen));
  for (const sound of document.querySelectorAll("audio")) sound.playbackRate = Number(chosen.dataset.speed);
  announce(`Speed ${chosen.dataset.speed}`);
}

/** @param {number} steps */
function faster(steps) {
  const now = speeds.findIndex((one) => one.getAttribute("aria-pressed") === "true");
  const wanted = speeds[now + steps];
  if (wanted) speed(wanted);
}

/** @param {string} id  the field that gets the moment the sound is at */
function mark(id) {
  if (!audio) return;
  field(id).value = audio.currentTime.toFixed(1);
  announce(`${id === "start_s" ? "From" : "To"} ${audio.currentTime.toFixed(1)} seconds`);
}

/** @param {number} seconds */
function move(seconds) {
  if (audio) audio.currentTime = Math.max(0, audio.currentTime + seconds);
}

/** @param {number} number  of a skill, from 1 */
function judge(number) {
  const wanted = /** @type {HTMLDetailsElement | undefined} */ (desk.querySelectorAll("details.override")[number - 1]);
  if (!wanted) return;
  wanted.open = true;
  /** @type {HTMLElement | null} */ (wanted.querySelector('input[name="points"]'))?.focus();
}

/** @type {Record<string, () => void>} */
const KEYS = {
  k: () => { if (audio) { if (audio.paused) audio.play().catch(() => {}); else audio.pause(); } },
  j: () => move(-STEP_S),
  l: () => move(STEP_S),
  ",": () => faster(-1),
  ".": () => faster(1),
  s: () => mark("start_s"),
  e: () => mark("end_s"),
  c: () => { if (!field("start_s").value) mark("start_s"); audio?.pause(); field("text").focus(); },
  d: () => document.getElementById("disputes")?.scrollIntoView(),
  p: () => document.getElementById("before")?.click(),
  n: () => document.getElementById("after")?.click(),
  "?": () => {
    const keys = /** @type {HTMLDetailsElement} */ (document.getElementById("keys"));
    keys.open = !keys.open;
    if (keys.open) keys.querySelector("summary")?.focus();
  },
};
for (const number of [1, 2, 3, 4, 5, 6]) KEYS[String(number)] = () => judge(number);

document.addEventListener("keydown", (event) => {
  const on = /** @type {HTMLElement} */ (event.target);
  const typing = on.closest("textarea, select, input:not([type=checkbox])") || on.isContentEditable;
  if (typing) {
    if (event.key === "Escape") on.blur();
    return;
  }
  if (!keysOn.checked || event.ctrlKey || event.altKey || event.metaKey || event.repeat && event.key === "k") return;
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

for (const one of speeds) one.addEventListener("click", () => speed(one));
document.getElementById("from-here")?.addEventListener("click", () => mark("start_s"));
document.getElementById("to-here")?.addEventListener("click", () => mark("end_s"));
try {
  keysOn.checked = localStorage.getItem(KEPT) !== "off";
} catch { /* a browser that keeps nothing */ }
keysOn.addEventListener("change", () => {
  try {
    localStorage.setItem(KEPT, keysOn.checked ? "on" : "off");
  } catch { /* a browser that keeps nothing */ }
});

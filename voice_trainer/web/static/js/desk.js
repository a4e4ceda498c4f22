// The coach's desk: speed, keys, the moment of a comment; files and folders that are dropped.
// @ts-check

const SPEEDS = [0.75, 1, 1.25, 1.5, 2];
const audio = document.querySelector("audio");

/** @param {number} speed */
function setSpeed(speed) {
  if (!audio) return;
  audio.playbackRate = speed;
  document.querySelectorAll("[data-speed]").forEach((button) => {
    const same = Number(/** @type {HTMLElement} */ (button).dataset.speed) === speed;
    button.setAttribute("aria-pressed", String(same));
  });
}

/** @param {number} steps */
function faster(steps) {
  if (!audio) return;
  const at = SPEEDS.indexOf(audio.playbackRate);
  setSpeed(SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, (at < 0 ? 1 : at) + steps))]);
}

function commentNow() {
  const start = /** @type {HTMLInputElement | null} */ (document.getElementById("start"));
  if (start && audio) start.value = audio.currentTime.toFixed(1);
  document.getElementById("text")?.focus();
}

document.querySelectorAll("[data-speed]").forEach((button) => {
  button.addEventListener("click", () => setSpeed(Number(/** @type {HTMLElement} */ (button).dataset.speed)));
});
document.getElementById("now")?.addEventListener("click", commentNow);

/** @type {Record<string, () => void>} */
const KEYS = {
  k: () => (audio?.paused ? void audio.play() : audio?.pause()),
  j: () => { if (audio) audio.currentTime -= 5; },
  l: () => { if (audio) audio.currentTime += 5; },
  ",": () => faster(-1),
  ".": () => faster(1),
  c: commentNow,
  o: () => document.getElementById("criterion")?.focus(),
};
if (audio) {
  document.addEventListener("keydown", (event) => {
    const place = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || place.closest("input, textarea, select")) return;
    const work = KEYS[event.key];
    if (work) { event.preventDefault(); work(); }
  });
}

const drop = document.getElementById("drop");
const files = /** @type {HTMLInputElement | null} */ (document.getElementById("recordings"));

/**
 * All files of what was dropped; a folder gives those inside it.
 * @param {any} entry
 * @returns {Promise<File[]>}
 */
async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return found;
    for (const one of some) found.push(...(await filesOf(one)));
  }
}

drop?.addEventListener("dragover", (event) => { event.preventDefault(); drop.dataset.over = "yes"; });
drop?.addEventListener("dragleave", () => { delete drop.dataset.over; });
drop?.addEventListener("drop", async (event) => {
  event.preventDefault();
  delete drop.dataset.over;
  const entries = [...(event.dataTransfer?.items ?? [])].map((item) => item.webkitGetAsEntry()).filter(Boolean);
  const transfer = new DataTransfer();
  for (const entry of entries) for (const file of await filesOf(entry)) transfer.items.add(file);
  if (files) files.files = transfer.files;
  const said = document.getElementById("dropped");
  if (said) said.textContent = `${transfer.files.length} files chosen`;
});

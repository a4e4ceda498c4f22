// Bringing recordings in by dropping files or folders; the form itself needs no script.
// @ts-check

const KNOWN = /\.(wav|flac|ogg|oga|opus|mp3|aiff?|vtattempt)$/i;
const form = /** @type {HTMLFormElement | null} */ (document.getElementById("bring-form"));
const drop = document.getElementById("drop");
const chosen = document.getElementById("chosen");
const files = /** @type {HTMLInputElement | null} */ (document.getElementById("files"));
const folder = /** @type {HTMLInputElement | null} */ (document.getElementById("folder"));

/** @param {File[]} found */
function choose(found) {
  if (!files) return;
  const kept = new DataTransfer();
  for (const one of found) if (KNOWN.test(one.name)) kept.items.add(one);
  files.files = kept.files;
  tell(found.length - kept.files.length);
}

function tell(leftOut = 0) {
  const names = [...(files?.files ?? []), ...(folder?.files ?? [])].map((one) => one.name);
  if (!chosen || !(names.length || leftOut)) return;
  const some = names.slice(0, 5).join(", ") + (names.length > 5 ? " …" : "");
  chosen.textContent = `${names.length} chosen${some ? `: ${some}` : ""}.${leftOut ? ` ${leftOut} left out: no recordings.` : ""}`;
}

/**
 * Every file below what was dropped.
 * @param {FileSystemEntry} entry
 * @returns {Promise<File[]>}
 */
async function below(entry) {
  if (entry.isFile) {
    return [await new Promise((done, fail) => /** @type {FileSystemFileEntry} */ (entry).file(done, fail))];
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  /** @type {File[]} */
  const found = [];
  for (;;) {  // a folder is read in parts, the last one empty
    const part = /** @type {FileSystemEntry[]} */ (await new Promise((done, fail) => reader.readEntries(done, fail)));
    if (!part.length) return found;
    for (const one of part) found.push(...(await below(one)));
  }
}

drop?.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.dataset.over = "";
});
drop?.addEventListener("dragleave", () => delete drop.dataset.over);
drop?.addEventListener("drop", async (event) => {
  event.preventDefault();
  delete drop.dataset.over;
  const entries = [...(event.dataTransfer?.items ?? [])].map((item) => item.webkitGetAsEntry());
  const loose = [...(event.dataTransfer?.files ?? [])];
  const named = /** @type {FileSystemEntry[]} */ (entries.filter(Boolean));
  const found = named.length ? (await Promise.all(named.map(below))).flat() : loose;
  choose(found);
});
for (const one of [files, folder]) one?.addEventListener("change", () => tell());
folder?.addEventListener("change", () => {
  const kept = new DataTransfer();
  for (const one of folder.files ?? []) if (KNOWN.test(one.name)) kept.items.add(one);
  folder.files = kept.files;
});
form?.addEventListener("submit", () => {
  const button = form.querySelector("button");
  if (button) { button.disabled = true; button.textContent = "Bringing in …"; }
});

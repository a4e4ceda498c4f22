// Example sentences, spoken: every element with `data-say` names the sound that its button plays or stops.
// @ts-check

import { announce } from "./app.js";

const voice = new Audio();
/** @type {HTMLElement | null} */
let pressed = null;

/** @param {HTMLElement | null} button */
function press(button) {
  pressed?.setAttribute("aria-pressed", "false");
  pressed = button;
  pressed?.setAttribute("aria-pressed", "true");
}

voice.addEventListener("ended", () => press(null));
document.addEventListener("click", async (event) => {
  const button = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest("[data-say]"));
  if (!button) return;
  voice.pause();
  if (button === pressed) return press(null);
  for (const other of document.querySelectorAll("audio")) other.pause();
  press(button);
  voice.src = button.dataset.say ?? "";
  try {
    await voice.play();
  } catch (fault) {
    if (fault instanceof DOMException && fault.name === "AbortError") return; // another one was asked for meanwhile
    press(null);
    announce("The sentence cannot be spoken here.");
  }
});

// Correcting the words of a reply: send them, follow the judgement, show the new result.
// @ts-check

import "./say.js";
import "./step.js";
import { follow } from "./stages.js";

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("words"));
const said = document.getElementById("words-said");

/** @param {string} words */
function tell(words) {
  if (said) said.textContent = words;
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  if (button) button.disabled = true;
  tell("Judging by your words …");
  try {
    const words = String(new FormData(form).get("said") ?? "");
    const answer = await fetch(form.dataset.words ?? "", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ said: words }),
    });
    if (!answer.ok) {
      const { error } = await answer.json();
      throw error;
    }
    await follow(form.dataset.stages ?? "");
    location.reload();
  } catch (error) {
    const fault = /** @type {{message: string, remedy?: string}} */ (error);
    tell(`${fault.message} ${fault.remedy ?? ""}`);
    if (button) button.disabled = false;
  }
});

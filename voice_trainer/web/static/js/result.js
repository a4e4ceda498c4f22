// Correcting the words of a reply: send them, follow the judgement, show the new result.
// @ts-check

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
      throw new Error(`${error.message} ${error.remedy}`);
    }
    const events = new EventSource(form.dataset.stages ?? "");
    events.addEventListener("stage", (told) => {
      const stage = JSON.parse(/** @type {MessageEvent} */ (told).data);
      if (stage.stage === "scored") { events.close(); location.reload(); }
      if (stage.stage === "failed") {
        events.close();
        tell(stage.fault ? `${stage.fault.message} ${stage.fault.remedy}` : "It could not be judged.");
        if (button) button.disabled = false;
      }
    });
  } catch (fault) {
    tell(fault instanceof Error ? fault.message : String(fault));
    if (button) button.disabled = false;
  }
});

// How far a judgement is, as the server tells it.
// @ts-check

/**
 * Resolves when the reply is scored; rejects with the fault that stopped it.
 * @param {string} path  of the stages
 * @param {(stage: string) => void} [onstage]
 * @returns {Promise<void>}
 */
export function follow(path, onstage = () => {}) {
  return new Promise((resolve, reject) => {
    const events = new EventSource(path);
    /** @param {() => void} settle */
    const over = (settle) => { events.close(); settle(); };
    events.addEventListener("stage", (event) => {
      const told = JSON.parse(/** @type {MessageEvent} */ (event).data);
      onstage(told.stage);
      if (told.stage === "scored" || told.stage === "resting") over(resolve); // resting: nobody asked for one
      if (told.stage === "failed") over(() => reject(told.fault ?? { message: "It could not be judged.", remedy: "Try again." }));
    });
    events.onerror = () => {
      if (events.readyState !== EventSource.CLOSED) return; // else the browser tries again by itself
      reject({ message: "The judgement can no longer be followed.", remedy: "Load the page again." });
    };
  });
}

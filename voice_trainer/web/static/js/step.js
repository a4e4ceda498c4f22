// Two takes playing in step: both run from their first word on, and the ear goes from one to the other.
// @ts-check

const APART_S = 0.1; // further apart than this, the other one is set right

const controls = document.getElementById("in-step");
const panels = [...document.querySelectorAll("article.panel")];
const sounds = panels.map((panel) => panel.querySelector("audio"));

if (controls && sounds.length === 2 && sounds.every(Boolean)) begin(/** @type {HTMLAudioElement[]} */ (sounds));

/** @param {HTMLAudioElement[]} pair */
function begin(pair) {
  const [first, second] = pair;
  const root = document.documentElement;
  const play = /** @type {HTMLButtonElement} */ (document.getElementById("in-step-play"));
  const ears = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll("[name=in-step-ear]")]);
  const starts = panels.map((panel) => Number(/** @type {HTMLElement | null} */ (panel.querySelector(".said [data-at]"))?.dataset.at ?? 0));
  const offset = starts[1] - starts[0];
  /** @type {StereoPannerNode[]} */
  let sides = [];

  /** One take in both ears, or each in an ear of its own. */
  function hear() {
    const ear = ears.find((one) => one.checked)?.value ?? "1";
    if (ear === "both" && !sides.length) {
      const context = new AudioContext();
      sides = pair.map((sound) => {
        const side = context.createStereoPanner();
        context.createMediaElementSource(sound).connect(side).connect(context.destination);
        return side;
      });
    }
    sides.forEach((side, index) => { side.pan.value = ear === "both" ? 2 * index - 1 : 0; });
    pair.forEach((sound, index) => { sound.muted = ear !== "both" && ear !== String(index + 1); });
  }

  function stop() {
    delete root.dataset.inStep;
    play.setAttribute("aria-pressed", "false");
    for (const sound of pair) { sound.pause(); sound.muted = false; }
    sides.forEach((side) => { side.pan.value = 0; });
  }

  async function start() {
    root.dataset.inStep = ""; // else the report lets one recording sound at a time
    play.setAttribute("aria-pressed", "true");
    const over = first.ended || second.ended || first.currentTime === 0;
    first.currentTime = over ? starts[0] : first.currentTime;
    second.currentTime = Math.max(0, first.currentTime + offset);
    hear();
    try {
      await Promise.all(pair.map((sound) => sound.play()));
    } catch { stop(); }
  }

  play.addEventListener("click", () => (root.dataset.inStep === undefined ? start() : stop()));
  for (const one of ears) one.addEventListener("change", () => { if (root.dataset.inStep !== undefined) hear(); });
  first.addEventListener("seeked", () => {
    if (root.dataset.inStep !== undefined) second.currentTime = Math.max(0, first.currentTime + offset);
  });
  first.addEventListener("timeupdate", () => {
    if (root.dataset.inStep === undefined || second.ended || second.seeking) return;
    const wanted = Math.max(0, first.currentTime + offset);
    if (Math.abs(second.currentTime - wanted) > APART_S) second.currentTime = wanted;
  });
  for (const sound of pair) {
    sound.addEventListener("pause", () => { if (root.dataset.inStep !== undefined && !sound.ended) stop(); });
    sound.addEventListener("ended", () => { if (pair.every((one) => one.ended)) stop(); });
  }
}

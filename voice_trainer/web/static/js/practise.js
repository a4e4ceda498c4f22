// Taking a call: consent, microphone check, baseline, then turn after turn: hear, answer, learn.

import { announce } from "./app.js";
import { LiveRecording } from "./live.js";
import { Microphone, meter } from "./microphone.js";
import "./say.js";
import { follow } from "./stages.js";

const page = /** @type {HTMLElement} */ (document.getElementById("practise"));
/** @param {string} id */
const at = (id) => /** @type {any} */ (document.getElementById(id));
const STEPS = ["consent", "check", "baseline", "call", "after"];
const STAGES = [["recorded", "Recorded"], ["hearing", "Recognising the words"], ["measuring", "Measuring"], ["scoring", "Scoring"]];

/** @type {Microphone | null} */
let microphone = null;
/** @type {LiveRecording | null} */
let recording = null;
/** @type {number | null} when the agent said to have finished, on the microphone's clock */
let finishedAt = null;
/** @type {HTMLAudioElement | null} */
let voice = null;
const call = { attempt: page.dataset.attempt || null, turn: page.dataset.opening, says: page.dataset.says ?? "", take: "" };

/** @param {string} name */
function show(name) {
  for (const step of STEPS) at(`step-${step}`).hidden = step !== name;
  at(`h-${name}`).focus({ preventScroll: false });
}

/** @param {{message: string, remedy?: string} | null} fault */
function trouble(fault) {
  at("trouble").hidden = !fault;
  at("trouble").textContent = fault ? `${fault.message} ${fault.remedy ?? ""}` : "";
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 */
async function ask(path, options = {}) {
  const answer = await fetch(path, { headers: { "Content-Type": "application/json", Accept: "application/json" }, ...options });
  const body = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw body.error;
  return body;
}

/** Open the microphone once; says what to do where the browser refuses. */
async function openMicrophone() {
  if (microphone) return microphone;
  try {
    microphone = await Microphone.open();
  } catch (error) {
    const refused = error instanceof DOMException && error.name === "NotAllowedError";
    throw refused
      ? { message: "The browser does not give this page the microphone.", remedy: "Allow it at the lock beside the address, then try again." }
      : { message: "There is no microphone that works.", remedy: "Connect one, then try again." };
  }
  microphone.onlost = () => {
    recording?.end();
    microphone = null;
    trouble({ message: "The microphone went away.", remedy: "What you said is kept. Connect it again." });
  };
  return microphone;
}

/**
 * Send what the microphone hears until it is over.
 * @param {Record<string, unknown>} begin
 * @param {HTMLElement} where  the meter
 * @param {import("./microphone.js").Piece[]} [before]
 * @returns {Promise<any>}
 */
function record(begin, where, before = []) {
  const open = /** @type {Microphone} */ (microphone);
  const draw = meter(where);
  where.hidden = false;
  finishedAt = null;
  return new Promise((resolve) => {
    recording = new LiveRecording(
      { type: "begin", rate_hz: open.rateHz, device: open.device, ...begin },
      (outcome) => {
        open.onpiece = () => {};
        recording = null;
        resolve(outcome);
      },
      (connected) => trouble(connected ? null : { message: "The connection is lost.", remedy: "Go on speaking: nothing is lost, it is sent when the connection is back." }),
    );
    for (const piece of before) recording.add(piece.samples);
    open.onpiece = (piece) => {
      draw(piece.samples);
      recording?.add(piece.samples);
      if (finishedAt !== null && piece.at + piece.samples.length / open.rateHz >= finishedAt) recording?.end();
    };
  });
}

/** Sound takes a moment from the air to here: end with the piece that holds this very moment. */
function finish() {
  if (!recording || finishedAt !== null) return;
  finishedAt = microphone ? microphone.context.currentTime : 0;
  const ending = recording;
  setTimeout(() => ending.end(), 1000); // a microphone that went silent
}

// consent, check, baseline

at("agree").onclick = () => attempt(async () => {
  await ask("/api/consent", { method: "POST", body: JSON.stringify({ version: page.dataset.consent }) });
  page.dataset.consented = "yes";
  show("check");
});

at("check-start").onclick = () => attempt(async () => {
  await openMicrophone();
  at("check-start").disabled = true;
  at("check-said").textContent = "Listening: say a sentence.";
  const found = await record({ kind: "check" }, at("check-meter"));
  at("check-start").disabled = false;
  if (found.type === "fault") throw found;
  const levels = [["speech", found.speech_dbfs], ["noise", found.noise_dbfs]].filter(([, level]) => level !== null);
  at("check-said").textContent = `${found.message} ${found.remedy} ${levels.map(([name, level]) => `${name} ${Math.round(level)} dB`).join(", ")}`;
  at("check-start").textContent = "Check again";
  at("check-on").textContent = found.state === "good" ? "Go on" : "Go on anyway";
  at("check-on").hidden = false;
  if (found.state === "good") at("check-on").focus();
});
at("check-on").onclick = () => {
  const known = JSON.parse(page.dataset.baselines ?? "[]");
  show(microphone && known.includes(microphone.device) ? "call" : "baseline");
};
at("check-again").onclick = () => show("check");
at("check-skip").onclick = () => show("call");

at("baseline-start").onclick = () => attempt(async () => {
  await openMicrophone();
  at("baseline-start").hidden = true;
  at("baseline-end").hidden = false;
  at("baseline-said").textContent = "Read now.";
  const made = await record({ kind: "baseline" }, at("baseline-meter"));
  at("baseline-start").hidden = false;
  at("baseline-end").hidden = true;
  at("baseline-said").textContent = "";
  if (made.type === "fault") throw made;
  announce("Your baseline is set.");
  show("call");
});
at("baseline-end").onclick = finish;
at("baseline-skip").onclick = () => {
  recording?.cancel();
  show("call");
};

// the call

at("start").onclick = () => attempt(takeTurn);
at("finish").onclick = finish;
at("replay").onclick = () => {
  if (voice) voice.currentTime = 0;
  else recording?.cancel();
};
at("volume").oninput = () => { if (voice) voice.volume = Number(at("volume").value); };
at("speed").oninput = () => {
  at("speed-said").textContent = `${Number(at("speed").value).toFixed(2)}×`;
  if (voice) voice.playbackRate = Number(at("speed").value);
};
at("captions").onchange = () => { at("caption").hidden = !at("captions").checked; };
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select, summary, a");
  if (!recording || at("finish").hidden || typing || (event.key !== " " && event.key !== "Enter")) return;
  event.preventDefault();
  finish();
});

/** The customer speaks, the agent answers; then the stages, and what to take from it. */
async function takeTurn() {
  trouble(null);
  await openMicrophone();
  show("call");
  at("start").hidden = true;
  at("check-again").hidden = true;
  at("sound-settings").hidden = true;
  at("stages").hidden = true;
  const outcome = await answered();
  at("finish").hidden = true;
  at("replay").hidden = true;
  at("meter").hidden = true;
  if (outcome.type === "cancelled") return takeTurn();
  if (outcome.type === "fault") { ready(); throw outcome; }
  if (outcome.type === "nothing") { ready(); throw { message: "Nothing was recorded.", remedy: "Try again." }; }
  if (outcome.notice) trouble(outcome.notice);
  call.attempt = outcome.attempt;
  call.take = outcome.take;
  if (!page.dataset.drill) history.replaceState(null, "", `/calls/${page.dataset.call}?attempt=${call.attempt}`);
  at("phase").textContent = `Recorded: ${outcome.duration_s.toFixed(0)} seconds.`;
  await judged();
  await after();
}

function ready() {
  at("start").hidden = false;
  at("check-again").hidden = false;
  at("sound-settings").hidden = false;
  at("phase").textContent = "";
}

/** Play the line while the microphone runs already, then record the reply. */
async function answered() {
  const open = /** @type {Microphone} */ (microphone);
  at("caption").textContent = call.says;
  at("caption").hidden = !at("captions").checked;
  at("phase").textContent = "The customer speaks.";
  at("replay").hidden = false;
  const endedAt = await speak();
  const before = endedAt === null ? [] : [...open.recent];
  at("phase").textContent = "Speak now.";
  at("finish").hidden = false;
  at("finish").focus();
  const begin = { kind: "take", turn: call.turn, ...(call.attempt ? { attempt: call.attempt } : { call: page.dataset.call, ...(page.dataset.drill ? { drill: page.dataset.drill } : {}) }) };
  if (endedAt === null) return record(begin, at("meter"));
  const startedAt = before[0]?.at ?? endedAt;
  return record({ ...begin, lead_in_s: Math.max(0, endedAt - startedAt), customer_end_s: endedAt - startedAt }, at("meter"), before);
}

/**
 * The customer's line. Resolves to the moment its last word was heard, on the microphone's clock;
 * null where it could not be heard.
 * @returns {Promise<number | null>}
 */
async function speak() {
  const open = /** @type {Microphone} */ (microphone);
  const path = call.attempt ? `/api/attempts/${call.attempt}/voice/${call.turn}` : `/api/calls/${page.dataset.call}/voice?turn=${encodeURIComponent(call.turn ?? "")}`;
  const answer = await fetch(path);
  if (!answer.ok) {
    trouble({ message: "The customer's voice cannot be made.", remedy: "Read the words and answer aloud." });
    return null;
  }
  const speechEndsS = Number(answer.headers.get("X-Speech-Ends-S"));
  const source = URL.createObjectURL(await answer.blob());
  const audio = new Audio(source);
  voice = audio;
  audio.volume = Number(at("volume").value);
  audio.playbackRate = Number(at("speed").value);
  try {
    await new Promise((resolve, reject) => {
      audio.onended = resolve;
      audio.onerror = reject;
      audio.play().catch(reject);
    });
    const silenceS = Math.max(0, audio.duration - speechEndsS) / audio.playbackRate;
    return open.context.currentTime + (open.context.outputLatency || 0) - silenceS;
  } catch {
    trouble({ message: "The customer cannot be heard.", remedy: "Read the words and answer aloud." });
    return null;
  } finally {
    voice = null;
    URL.revokeObjectURL(source);
  }
}

/** Follow the judgement; each stage stands in a list and is read out. */
function judged() {
  const list = at("stages");
  list.hidden = false;
  list.replaceChildren(...STAGES.map(([name, words]) => Object.assign(document.createElement("li"), { id: `stage-${name}`, textContent: words })));
  at("stage-recorded").dataset.done = "yes";
  return follow(`/api/attempts/${call.attempt}/takes/${call.take}/stages`, (stage) => {
    const reached = STAGES.findIndex(([name]) => name === stage);
    STAGES.forEach(([name], index) => {
      const item = at(`stage-${name}`);
      if (stage === "scored" || index < reached) item.dataset.done = "yes";
      item.toggleAttribute("aria-current", index === reached);
    });
    if (reached > 0) at("phase").textContent = `${STAGES[reached][1]} …`;
  });
}

/** What to take from it, or the customer's next line at once. */
async function after() {
  const state = await ask(`/api/attempts/${call.attempt}/call`);
  temperatures(state);
  const drilled = Boolean(page.dataset.drill);
  const more = !drilled && state.turn !== null && state.last_take === call.take;
  if (more && at("each-turn") && !at("each-turn").checked) {
    call.turn = state.turn;
    call.says = state.says;
    return takeTurn();
  }
  const part = await fetch(`/parts/attempts/${call.attempt}/takes/${call.take}`, { headers: { Accept: "text/html" } });
  at("after").innerHTML = await part.text(); // ours, and every value in it is escaped
  at("result").href = `/attempts/${call.attempt}/takes/${call.take}`;
  const over = !drilled && state.turn === null && state.temperatures.length > 2;
  at("h-after").textContent = over ? "What to take from this call" : "What to take from it";
  at("again").textContent = over ? "The whole call again" : "Again";
  at("again").onclick = over ? anew : () => attempt(takeTurn);
  at("last-again").hidden = !over;
  at("next").hidden = !more;
  at("next").onclick = () => attempt(() => {
    call.turn = state.turn;
    call.says = state.says;
    return takeTurn();
  });
  at("phase").textContent = "";
  show("after");
}
at("last-again").onclick = () => attempt(takeTurn);

/** The call from its first line on, as another attempt; the microphone stays as it is. */
function anew() {
  Object.assign(call, { attempt: null, turn: page.dataset.opening, says: page.dataset.says ?? "", take: "" });
  history.replaceState(null, "", `/calls/${page.dataset.call}`);
  if (at("temperature")) at("temperature").hidden = true;
  return attempt(takeTurn);
}

/** @param {any} state */
function temperatures(state) {
  if (!at("temperature")) return;
  at("temperature").hidden = false;
  at("temperature-said").textContent = `The customer's temperature: ${state.temperature} of 100`;
  at("temperatures").replaceChildren(...state.temperatures.map((/** @type {number} */ value) => Object.assign(document.createElement("li"), { textContent: String(value) })));
}

/** @param {() => Promise<any>} work */
async function attempt(work) {
  try {
    trouble(null);
    await work();
  } catch (fault) {
    const told = /** @type {any} */ (fault);
    trouble(told && told.message && !(fault instanceof Error) ? told : { message: "Something went wrong here.", remedy: String(fault) });
    ready();
  }
}

if (page.dataset.attempt) {
  const state = await ask(`/api/attempts/${page.dataset.attempt}/call`);
  if (state.turn) Object.assign(call, { turn: state.turn, says: state.says });
}
if (page.dataset.consented !== "yes") show("consent");
else show(JSON.parse(page.dataset.baselines ?? "[]").length ? "call" : "check"); // known here: straight to the call

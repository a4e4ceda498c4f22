// The microphone as pieces of 16-bit sound, with everything that would change a voice switched off.

/** @typedef {{samples: Int16Array, at: number}} Piece  `at`: seconds on the clock of the audio context */

export class Microphone {
  /**
   * @param {AudioContext} context
   * @param {MediaStream} stream
   */
  constructor(context, stream) {
    this.context = context;
    this.stream = stream;
    /** @type {(piece: Piece) => void} */
    this.onpiece = () => {};
    /** @type {() => void} */
    this.onlost = () => {};
    /** @type {Piece[]} the last moments, kept for what begins before the customer has finished */
    this.recent = [];
  }

  /** @returns {Promise<Microphone>} */
  static async open() {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 },
    });
    const context = new AudioContext({ latencyHint: "interactive" });
    await context.audioWorklet.addModule(new URL("./worklet.js", import.meta.url));
    const microphone = new Microphone(context, stream);
    const pieces = new AudioWorkletNode(context, "pieces", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    pieces.port.onmessage = (event) => microphone.heard(event.data);
    context.createMediaStreamSource(stream).connect(pieces);
    stream.getAudioTracks()[0].onended = () => microphone.onlost();
    await context.resume();
    return microphone;
  }

  get device() {
    return this.stream.getAudioTracks()[0]?.label || "browser microphone";
  }

  get rateHz() {
    return this.context.sampleRate;
  }

  /** @param {Piece} piece */
  heard(piece) {
    this.recent.push(piece);
    const kept = Math.ceil((0.3 * this.rateHz) / piece.samples.length);
    while (this.recent.length > kept) this.recent.shift();
    this.onpiece(piece);
  }

  async close() {
    this.onpiece = () => {};
    for (const track of this.stream.getTracks()) track.stop();
    if (this.context.state !== "closed") await this.context.close();
  }
}

/**
 * RMS level of a piece, dBFS.
 * @param {Int16Array} samples
 */
export function levelDbfs(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return 10 * Math.log10(Math.max(1e-12, sum / samples.length / 32768 ** 2));
}

/**
 * Show a level on a calm meter: it follows at once upwards and slowly downwards, ten times a second at most.
 * @param {HTMLElement} meter
 */
export function meter(meter) {
  const bar = /** @type {HTMLElement} */ (meter.firstElementChild);
  let shown = 0;
  let last = 0;
  return (/** @type {Int16Array} */ samples) => {
    const share = Math.max(0, Math.min(1, (levelDbfs(samples) + 60) / 54));
    shown = Math.max(share, shown * 0.85);
    const now = performance.now();
    if (now - last < 100) return;
    last = now;
    bar.style.inlineSize = `${Math.round(shown * 100)}%`;
  };
}

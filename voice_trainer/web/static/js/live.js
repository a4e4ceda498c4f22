// One recording over a WebSocket. What the server has not acknowledged is kept and sent again after a lost
// connection; where the server itself forgot the recording, all of it is sent anew as another one.

const RETRY_MS = [200, 500, 1000, 2000, 4000];
const TOGETHER = 3; // what the audio thread posts, a piece: the server pays by the message, not by the sample

export class LiveRecording {
  /**
   * @param {Record<string, unknown>} begin  the first message, see web/live/messages.py
   * @param {(outcome: any) => void} onover  told once: recorded, checked, baseline, cancelled, nothing, fault
   * @param {(connected: boolean) => void} [onconnection]
   */
  constructor(begin, onover, onconnection = () => {}) {
    this.begin = begin;
    this.onover = onover;
    this.onconnection = onconnection;
    /** @type {ArrayBuffer[]} every piece, until the end: a forgotten recording can be sent anew */
    this.pieces = [];
    /** @type {Int16Array[]} what will be the next piece */
    this.gathered = [];
    this.sent = 0;
    this.acknowledged = -1;
    /** @type {string | null} */
    this.ticket = null;
    /** @type {{attempt?: string, take?: string}} */
    this.begun = {};
    this.ready = false;
    this.over = false;
    this.ended = false;
    this.tries = 0;
    this.connect();
  }

  connect() {
    const address = new URL("/api/live", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.socket = new WebSocket(address);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => this.say(this.ticket ? { type: "resume", ticket: this.ticket } : this.begin);
    this.socket.onmessage = (event) => this.told(JSON.parse(event.data));
    this.socket.onclose = () => this.lost();
  }

  /** @param {Int16Array} samples */
  add(samples) {
    if (this.over || this.ended) return;
    this.gathered.push(samples);
    if (this.gathered.length === TOGETHER) this.seal();
    this.flush();
  }

  /** What was gathered becomes a piece: its number, then the samples, little-endian. */
  seal() {
    const count = this.gathered.reduce((sum, samples) => sum + samples.length, 0);
    if (count === 0) return;
    const piece = new ArrayBuffer(4 + 2 * count);
    const view = new DataView(piece);
    view.setUint32(0, this.pieces.length, true);
    let at = 4;
    for (const samples of this.gathered) {
      for (const sample of samples) {
        view.setInt16(at, sample, true);
        at += 2;
      }
    }
    this.gathered = [];
    this.pieces.push(piece);
  }

  end() {
    if (this.ended) return;
    this.ended = true;
    this.seal();
    this.flush();
  }

  cancel() {
    if (this.ready) this.say({ type: "cancel" });
    else this.finish({ type: "cancelled" });
  }

  flush() {
    if (!this.ready || this.over) return;
    while (this.sent < this.pieces.length) {
      this.socket.send(this.pieces[this.sent]);
      this.sent += 1;
    }
    if (this.ended) this.say({ type: "end", pieces: this.pieces.length });
  }

  /** @param {unknown} message */
  say(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  /** @param {any} message */
  told(message) {
    if (message.type === "ack") {
      this.acknowledged = message.number;
    } else if (message.type === "begun") {
      this.ticket = message.ticket;
      this.begun = { attempt: message.attempt, take: message.take };
      this.acknowledged = message.acknowledged;
      this.sent = this.acknowledged + 1;
      this.ready = true;
      this.tries = 0;
      this.onconnection(true);
      this.flush();
    } else if (message.type === "fault" && message.code === "recording_closed" && this.ticket) {
      // The server was started again: what it had is kept as another take; send everything anew.
      this.ticket = null;
      this.sent = 0;
      if (this.begun.attempt) this.begin = { ...this.begin, attempt: this.begun.attempt, call: undefined };
    } else {
      this.finish(message);
    }
  }

  lost() {
    this.ready = false;
    if (this.over) return;
    this.onconnection(false);
    const wait = RETRY_MS[Math.min(this.tries, RETRY_MS.length - 1)];
    this.tries += 1;
    setTimeout(() => this.connect(), wait);
  }

  /** @param {any} outcome */
  finish(outcome) {
    if (this.over) return;
    this.over = true;
    this.ready = false;
    this.socket.close();
    this.onover(outcome);
  }
}

// In the audio thread: gathers samples and posts them as 16-bit pieces, each with the time of its first one.

const PIECE = 4096; // frames; 85 ms at 48 kHz

class Pieces extends AudioWorkletProcessor {
  constructor() {
    super();
    this.piece = new Int16Array(PIECE);
    this.filled = 0;
    this.startedAt = 0;
  }

  /** @param {Float32Array[][]} inputs */
  process(inputs) {
    const heard = inputs[0]?.[0];
    if (!heard) return true; // not connected yet
    for (let i = 0; i < heard.length; i += 1) {
      if (this.filled === 0) this.startedAt = (currentFrame + i) / sampleRate;
      const value = Math.round(heard[i] * 32768);
      this.piece[this.filled] = Math.max(-32768, Math.min(32767, value));
      this.filled += 1;
      if (this.filled === PIECE) {
        const samples = this.piece;
        this.piece = new Int16Array(PIECE);
        this.filled = 0;
        this.port.postMessage({ samples, at: this.startedAt }, [samples.buffer]);
      }
    }
    return true;
  }
}

registerProcessor("pieces", Pieces);

/** Chance that can be repeated: a seed gives the same run. */

/** FNV-1a over the text, so that similar seeds start far apart. */
function hash(text) {
  return [...String(text)].reduce((sum, char) => Math.imul(sum ^ char.codePointAt(0), 0x01000193), 0x811c9dc5) >>> 0;
}

/** Mulberry32: small, fast, good enough for choosing faults. */
export class Random {
  /** @param {string} seed */
  constructor(seed) {
    this._state = hash(seed);
  }

  /** From 0, below 1. */
  next() {
    this._state = (this._state + 0x6d2b79f5) >>> 0;
    let mixed = this._state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number from 0, below `limit`. */
  below(limit) {
    return Math.floor(this.next() * limit);
  }

  /** True with that probability. */
  chance(probability) {
    return this.next() < probability;
  }

  /** As many bytes. */
  bytes(count) {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }
}

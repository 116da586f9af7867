/** Base64 of stored values: mini-program storage holds text, and neither atob nor Buffer exists there. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Code unit to its six bits; 64 for everything outside the alphabet. */
const SIX_BITS = new Uint8Array(128).fill(64);
for (let i = 0; i < 64; i++) SIX_BITS[ALPHABET.charCodeAt(i)] = i;

/** @param {Uint8Array} bytes */
export function toBase64(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const word = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
    text += ALPHABET[word >> 18] + ALPHABET[(word >> 12) & 63];
    text += left > 1 ? ALPHABET[(word >> 6) & 63] : '=';
    text += left > 2 ? ALPHABET[word & 63] : '=';
  }
  return text;
}

function sixBitsAt(text, at) {
  const unit = text.charCodeAt(at);
  return unit < 128 ? SIX_BITS[unit] : 64;
}

/**
 * The bytes of what {@link toBase64} made; null for text that it can't have made, as far as that shows.
 * @param {string} text
 * @returns {Uint8Array | null}
 */
export function fromBase64(text) {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  if (text.length % 4 !== 0) return null;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let word = 0;
  for (let at = 0; at < text.length - padding; at++) {
    const bits = sixBitsAt(text, at);
    if (bits === 64) return null;
    word = (word << 6) | bits;
    // Every character but the first of a group of four completes one byte.
    const place = at % 4;
    if (place > 0) bytes[Math.floor(at / 4) * 3 + place - 1] = word >> (6 - place * 2);
  }
  return bytes;
}

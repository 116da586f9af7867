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
  if (text.length % 4 !== 0) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const end = text.length - padding;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let at = 0, to = 0; at < end; at += 4, to += 3) {
    const a = sixBitsAt(text, at);
    const b = sixBitsAt(text, at + 1);
    const c = at + 2 < end ? sixBitsAt(text, at + 2) : 0;
    const d = at + 3 < end ? sixBitsAt(text, at + 3) : 0;
    if ((a | b | c | d) > 63) return null;
    // What the padding stands for lies past the end, where a typed array ignores it.
    bytes[to] = (a << 2) | (b >> 4);
    bytes[to + 1] = (b << 4) | (c >> 2);
    bytes[to + 2] = (c << 6) | d;
  }
  return bytes;
}

/**
 * UTF-8 for runtimes without TextDecoder and TextEncoder (a mini-program has neither). The build puts these two in the
 * place of what wasm-bindgen would write around the standard's classes.
 */

const REPLACEMENT = 0xfffd;

/** Points per String.fromCodePoint call: far below every engine's limit of arguments. */
const CHUNK_POINTS = 4096;

/** @param {Uint8Array} bytes valid UTF-8, as Rust's texts are */
export function decodeUtf8(bytes) {
  let text = '';
  let points = [];
  for (let at = 0; at < bytes.length; ) {
    let point = bytes[at++];
    if (point > 0x7f) {
      const more = point < 0xe0 ? 1 : point < 0xf0 ? 2 : 3;
      point &= 0x3f >> more;
      for (const end = at + more; at < end; at++) point = (point << 6) | (bytes[at] & 0x3f);
    }
    if (points.push(point) === CHUNK_POINTS) {
      text += String.fromCodePoint.apply(null, points);
      points = [];
    }
  }
  return text + String.fromCodePoint.apply(null, points);
}

/** As the standard's TextEncoder: a lone surrogate becomes U+FFFD. */
export function encodeUtf8(text) {
  const bytes = [];
  for (let at = 0; at < text.length; at++) {
    let point = text.codePointAt(at);
    if (point > 0xffff) at++;
    if (point >= 0xd800 && point <= 0xdfff) point = REPLACEMENT;
    const more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    const mark = more > 0 ? (0xf80 >> more) & 0xff : 0;
    bytes.push(mark | (point >> (6 * more)));
    for (let left = more - 1; left >= 0; left--) bytes.push(0x80 | ((point >> (6 * left)) & 0x3f));
  }
  return Uint8Array.from(bytes);
}

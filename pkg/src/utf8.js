/**
 * UTF-8 for runtimes without TextDecoder and TextEncoder (a mini-program has neither). The build puts these two
 * classes where the generated glue names the standard ones, so they have the standard's names and shape, and its
 * exact results: a bad sequence or a lone surrogate becomes U+FFFD as the WHATWG encoding standard says.
 */

const REPLACEMENT = 0xfffd;

/** Units per String.fromCharCode call: far below every engine's limit of arguments. */
const CHUNK_UNITS = 4096;

/** How many continuation bytes follow a lead byte; 0 for bytes that can't lead. */
function continuationCount(lead) {
  if (lead < 0xc2 || lead > 0xf4) return 0;
  if (lead < 0xe0) return 1;
  return lead < 0xf0 ? 2 : 3;
}

/** The first continuation byte has a narrower range after four leads: no overlong forms, surrogates, or > U+10FFFF. */
function continues(lead, step, byte) {
  const low = step > 1 ? 0x80 : lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = step > 1 ? 0xbf : lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return byte >= low && byte <= high;
}

function pushPoint(point, units) {
  if (point < 0x10000) {
    units.push(point);
  } else {
    units.push(0xd7c0 + (point >> 10), 0xdc00 | (point & 0x3ff));
  }
}

/** Decodes the sequence that starts at `at`; returns where the next one starts. */
function decodeSequence(bytes, at, units) {
  const lead = bytes[at];
  const count = continuationCount(lead);
  if (count === 0) {
    units.push(lead < 0x80 ? lead : REPLACEMENT);
    return at + 1;
  }
  let point = lead & (0x3f >> count);
  for (let step = 1; step <= count; step++) {
    const byte = bytes[at + step];
    if (!continues(lead, step, byte)) {
      units.push(REPLACEMENT);
      return at + step;
    }
    point = (point << 6) | (byte & 0x3f);
  }
  pushPoint(point, units);
  return at + count + 1;
}

/** As `new TextDecoder('utf-8', {ignoreBOM: true})`, without streaming. */
export class TextDecoder {
  /** @param {Uint8Array} [bytes] */
  decode(bytes) {
    let text = '';
    let units = [];
    let at = 0;
    const end = bytes ? bytes.length : 0;
    while (at < end) {
      at = decodeSequence(bytes, at, units);
      if (units.length >= CHUNK_UNITS) {
        text += String.fromCharCode.apply(null, units);
        units = [];
      }
    }
    return text + String.fromCharCode.apply(null, units);
  }
}

/** The code point at `at`; a lone surrogate gives U+FFFD. */
function scalarAt(text, at) {
  const point = text.codePointAt(at);
  return point >= 0xd800 && point <= 0xdfff ? REPLACEMENT : point;
}

function byteCount(point) {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}

function writePoint(point, count, bytes, at) {
  if (count === 1) {
    bytes[at] = point;
    return;
  }
  for (let step = count - 1; step > 0; step--) {
    bytes[at + step] = 0x80 | (point & 0x3f);
    point >>= 6;
  }
  bytes[at] = ((0xf00 >> count) & 0xff) | point;
}

/** As the standard's TextEncoder. */
export class TextEncoder {
  /**
   * Writes as many whole characters as fit.
   * @param {string} text
   * @param {Uint8Array} bytes
   */
  encodeInto(text, bytes) {
    let read = 0;
    let written = 0;
    while (read < text.length) {
      const point = scalarAt(text, read);
      const count = byteCount(point);
      if (written + count > bytes.length) break;
      writePoint(point, count, bytes, written);
      written += count;
      read += count === 4 ? 2 : 1;
    }
    return { read, written };
  }

  /** @param {string} text */
  encode(text) {
    const bytes = new Uint8Array(text.length * 3);
    return bytes.slice(0, this.encodeInto(text, bytes).written);
  }
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBase64, toBase64 } from '../src/base64.js';
import { decodeUtf8, encodeUtf8 } from '../src/utf8.js';

/** Same numbers at every run, so that a failure can be found again. */
function randomOf(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
}

/** Units near every border of UTF-8: random ones alone seldom make pairs or short sequences. */
const BORDER_UNITS = [0, 0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xfeff, 0xffff, 0x4e2d];

test('UTF-8 agrees with the standard on 100,000 texts, lone surrogates included', () => {
  const random = randomOf(2);
  const [encoder, decoder] = [new TextEncoder(), new TextDecoder('utf-8', { ignoreBOM: true })];
  for (let round = 0; round < 100000; round++) {
    const units = Array.from({ length: random(7) }, () => BORDER_UNITS[random(BORDER_UNITS.length)]);
    const text = String.fromCharCode(...units);
    const bytes = encoder.encode(text);
    assert.deepEqual(encodeUtf8(text), bytes, JSON.stringify(text));
    assert.equal(decodeUtf8(bytes), decoder.decode(bytes), JSON.stringify(text));
  }
});

test('decoding a long text crosses chunks without a seam', () => {
  const text = '回头客😀a'.repeat(5000);
  assert.equal(decodeUtf8(new TextEncoder().encode(text)), text);
  assert.equal(decodeUtf8(new Uint8Array(0)), '');
});

test('base64 agrees with Node and comes back', () => {
  const random = randomOf(3);
  for (let round = 0; round < 2000; round++) {
    const bytes = Uint8Array.from({ length: random(70) }, () => random(256));
    const text = toBase64(bytes);
    assert.equal(text, Buffer.from(bytes).toString('base64'));
    assert.deepEqual(fromBase64(text), bytes);
  }
});

test('text that is no base64 gives null', () => {
  for (const text of ['A', 'AB', 'ABC', 'AB=C', '!!!!', 'AAA\u0141', 'AAAA=', '====A', 'A===', '=']) {
    assert.equal(fromBase64(text), null, text);
  }
});

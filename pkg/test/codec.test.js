import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBase64, toBase64 } from '../src/base64.js';
import * as utf8 from '../src/utf8.js';

/** Same numbers at every run, so that a failure can be found again. */
function randomOf(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
}

/** Bytes near every border of UTF-8: random bytes alone seldom make long sequences. */
const BORDER_BYTES = [0, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff];
const BORDER_UNITS = [0, 0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xfeff, 0xffff, 0x4e2d];

test('decoding agrees with the standard on 100,000 byte sequences', () => {
  const random = randomOf(1);
  const [own, standard] = [new utf8.TextDecoder('utf-8'), new TextDecoder('utf-8', { ignoreBOM: true })];
  for (let round = 0; round < 100000; round++) {
    const bytes = Uint8Array.from({ length: random(9) }, () => (random(2) ? BORDER_BYTES[random(BORDER_BYTES.length)] : random(256)));
    assert.equal(own.decode(bytes), standard.decode(bytes), Buffer.from(bytes).toString('hex'));
  }
});

test('decoding a long text crosses chunks without a seam', () => {
  const text = '回头客😀a'.repeat(5000);
  assert.equal(new utf8.TextDecoder().decode(new TextEncoder().encode(text)), text);
  assert.equal(new utf8.TextDecoder().decode(), '');
});

test('encoding agrees with the standard on 100,000 texts, lone surrogates included', () => {
  const random = randomOf(2);
  const [own, standard] = [new utf8.TextEncoder(), new TextEncoder()];
  for (let round = 0; round < 100000; round++) {
    const units = Array.from({ length: random(7) }, () => BORDER_UNITS[random(BORDER_UNITS.length)]);
    const text = String.fromCharCode(...units);
    assert.deepEqual(own.encode(text), standard.encode(text), JSON.stringify(text));
    const [room, expected] = [new Uint8Array(8), new Uint8Array(8)];
    assert.deepEqual(own.encodeInto(text, room), standard.encodeInto(text, expected));
    assert.deepEqual(room, expected);
  }
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

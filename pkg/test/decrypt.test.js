import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { test } from 'node:test';
import { requireBuilt } from './support/built.js';

const apart = requireBuilt('decrypt/dist/index.js');
const server = requireBuilt('dist/node/server.cjs');

const KEY = Buffer.from('0123456789abcdef');
const IV = Buffer.from('fedcba9876543210');

/** As GrowthBook's endpoint writes a member. */
function encrypted(value, key = KEY) {
  const cipher = createCipheriv('aes-128-cbc', key, IV);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return IV.toString('base64') + '.' + Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]).toString('base64');
}

const OPEN = {
  status: 200,
  features: { '颜色 😀': { defaultValue: 'x'.repeat(1000) }, empty: {} },
  experiments: [],
  savedGroups: { vip: ['a', 1] },
  contextualBandits: {},
};

const HIDDEN = {
  status: 200,
  features: {},
  encryptedFeatures: encrypted(OPEN.features),
  encryptedExperiments: encrypted([]),
  encryptedSavedGroups: encrypted(OPEN.savedGroups),
  encryptedContextualBandits: encrypted({}),
};

const PORTS = [
  ['huitou-decrypt', (payload, key) => JSON.parse(apart(JSON.stringify(payload), key))],
  ['huitou/server', server.decryptPayload],
];

for (const [name, decryptPayload] of PORTS) {
  const key = KEY.toString('base64');

  test(name + ': every encrypted member takes the place of the plain one', () => {
    assert.deepEqual(decryptPayload(HIDDEN, key), OPEN);
    assert.deepEqual(decryptPayload({ ...OPEN, encryptedFeatures: '' }, key), OPEN);
  });

  test(name + ': what can\'t be decrypted is named', () => {
    const bad = [encrypted({}, Buffer.alloc(16)), encrypted('{"features"'), 'no cipher', 'AAAA.', '.', '😀.😀', encrypted({}).slice(0, -4)];
    for (const encryptedFeatures of bad) {
      const error = { name: 'HuitouError', code: 'payload_encrypted', path: 'encryptedFeatures' };
      assert.throws(() => decryptPayload({ encryptedFeatures }, key), error, encryptedFeatures);
    }
    for (const wrong of ['', 'AAAA', 'not base64!', KEY.subarray(1).toString('base64')]) {
      assert.throws(() => decryptPayload(HIDDEN, wrong), { code: 'payload_encrypted' }, wrong);
    }
  });
}

test('what is no JSON is no payload', () => {
  assert.throws(() => apart('<html>', ''), { code: 'payload_not_json' });
  assert.throws(() => server.decryptPayload('<html>', ''), { code: 'payload_not_json' });
});

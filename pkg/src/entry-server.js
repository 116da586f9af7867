/** Node: for backends, what a phone sends turned into the JSON profile, and ledgers replayed with the phone's own code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGlue } from '#glue';
import { createCaller, createDecoder } from './decoder.js';
import { createVerify } from './verify.js';

export { HuitouError } from './error.js';
export { version } from './version.js';

const call = createCaller(createGlue, () => readFileSync(join(__dirname, 'huitou-server.wasm')));

const jsonOf = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

export const decodeUpload = createDecoder(call);

export const replay = (ledger) => JSON.parse(call('replay', jsonOf(ledger)));

export const heads = (claims) => JSON.parse(call('heads', jsonOf(claims)));

export const verifyExport = createVerify(replay, heads);

export const reducePayload = (payload, options) =>
  JSON.parse(call('reduce_payload', JSON.stringify(Object.assign({}, options, { payload }))));

export const pruneCondition = (condition, attributes, savedGroups) =>
  JSON.parse(call('prune_condition', JSON.stringify({ condition, attributes, savedGroups })));

export const decryptPayload = (payload, key) => call('decrypt_payload', jsonOf(payload), key);

const calculate = (...request) => JSON.parse(call('calculate', JSON.stringify(request)));

export const decrypt = (text, key) => calculate('decrypt', text, key);

export const evaluate = (request) => JSON.parse(call('evaluate', JSON.stringify(request)));

export const bucketing = {
  hash: (seed, value, version) => calculate('hash', seed, value, version),
  ranges: (variations, coverage, weights) => calculate('ranges', variations, coverage, weights === undefined ? null : weights),
  choose: (number, ranges) => calculate('choose', number, ranges),
  equalWeights: (variations) => calculate('equalWeights', variations),
  isInNamespace: (value, namespace) => calculate('isInNamespace', value, namespace),
  asked: (address, experiment, variations) => calculate('asked', address, experiment, variations),
};

export const playJourneys = (scenario) => JSON.parse(call('play_journeys', JSON.stringify(scenario)));

export const insightScore = (request) => JSON.parse(call('insight_score', JSON.stringify(request)));

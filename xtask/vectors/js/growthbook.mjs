/**
 * `growthbook.json` on the built package: what a phone can be asked goes through the module that ships in mini-programs, what
 * is arithmetic or a backend's business through `huitou/server`. The form of the sections is GrowthBook's (specification
 * 0.12.0); see `src/growthbook.rs`, which does the same natively.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { freshCore } from './core.mjs';

const require = createRequire(join(process.cwd(), 'package.json'));
const server = require('./pkg/dist/node/server.cjs');

const AT_MS = Date.UTC(2026, 10, 22, 2);
const OFFSET_MIN = 480;
const UNKNOWN = { value: null, on: false, off: true, source: 'unknownFeature', ruleId: '' };

/** Addresses to be redirected to have no meaning in a mini-program. */
const SECTIONS = {
  evalCondition: ([, condition, attributes, expected, savedGroups]) => {
    const features = { asked: { defaultValue: false, rules: [{ condition, force: true }] } };
    return [explained({ features, savedGroups, attributes }, { feature: 'asked' }).then(({ value }) => value), expected];
  },
  hash: ([seed, value, version, expected]) => [server.bucketing.hash(seed, value, version), expected],
  getBucketRange: ([, args, expected]) => [near(server.bucketing.ranges(...args), expected), expected],
  chooseVariation: ([, number, ranges, expected]) => [server.bucketing.choose(number, ranges) ?? -1, expected],
  getQueryStringOverride: ([, key, url, variations, expected]) => [server.bucketing.asked(url, key, variations), expected],
  inNamespace: ([, value, namespace, expected]) => [server.bucketing.isInNamespace(value, namespace), expected],
  getEqualWeights: ([variations, expected]) => [near(server.bucketing.equalWeights(variations), expected), expected],
  feature: ([, context, feature, expected]) => [explained(context, { feature }), expected],
  contextualBandit: ([, context, feature, expected]) => [explained(context, { feature }), expected],
  run: ([, context, experiment, ...expected]) => {
    const told = explained({ ...context, experiments: [experiment] }, { experiment: experiment.key });
    const figures = ({ value, inExperiment, hashUsed }) => [value, inExperiment, hashUsed];
    return [told.then(({ experimentResult }) => figures(experimentResult)), expected];
  },
  stickyBucket: ([, context, documents, feature, ...expected]) => [sticky(context, documents, feature), expected],
  decrypt: ([, text, key, expected]) => [server.decrypt(text, key), expected],
  pruneCondition: ([, condition, attributes, expected, groups]) => [server.pruneCondition(condition, attributes, groups), expected],
  reducePayload: ([, { payload, ...options }, expected]) => [server.reducePayload(payload, options), expected],
  urlRedirect: null,
};

/** The suite gives eight decimals, cut off: numbers that differ by no more than the last one count as those expected. */
function near(found, expected) {
  if (Array.isArray(found)) return found.map((each, at) => near(each, Object(expected)[at]));
  return Math.abs(found - expected) <= 1e-8 ? expected : found;
}

export async function growthbook(file) {
  const outcomes = [];
  for (const [name, content] of Object.entries(file)) {
    const inner = Array.isArray(content) ? { [name]: content } : Object(content);
    for (const [part, cases] of Object.entries(inner)) {
      if (!Array.isArray(cases)) continue;
      const shown = part === name ? name : `${name}.${part}`;
      for (const [position, each] of cases.entries()) {
        outcomes.push(await outcome(`${shown}[${position}] ${JSON.stringify(each[0])}`, SECTIONS[part], each));
      }
    }
  }
  return outcomes;
}

async function outcome(name, check, each) {
  if (check === null) return { name, difference: null, skipped: true };
  const [found, expected] = check(each);
  const [a, b] = [plain(await found), plain(expected)];
  return { name, difference: isDeepStrictEqual(a, b) ? null : `expected ${JSON.stringify(b)}, found ${JSON.stringify(a)}` };
}

/** As JSON has it: no undefined members, no -0. */
const plain = (value) => JSON.parse(JSON.stringify(value ?? null));

function payloadOf({ features, experiments, savedGroups, contextualBandits }) {
  return { features, experiments, savedGroups, contextualBandits };
}

/** What the phone says, without the steps; what a phone can't be told of the person is asked of the server's module. */
async function explained(context, asked) {
  const told = (await onPhone(context, asked)) ?? server.evaluate(requestOf(context, asked)).result;
  if (told === null) return UNKNOWN;
  delete told.why;
  return told;
}

function requestOf(context, asked) {
  const { attributes, forcedVariations, url, enabled, qaMode, remoteGroupIds } = context;
  const query = queryOf(url);
  return { payload: payloadOf(context), ...asked, attributes, forced: forcedVariations, query, enabled, qa: qaMode, remote_groups: remoteGroupIds };
}

const queryOf = (url) => (url && url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');

/** Undefined if a phone does not take these attributes: null removes one there, and the engine has names of its own. */
async function onPhone(context, asked) {
  const { attributes, forcedVariations, url, enabled, qaMode, remoteGroupIds } = context;
  if (!isTold(attributes)) return undefined;
  const core = await bootedCore({ query: queryOf(url), enabled, qa: qaMode, remote_groups: remoteGroupIds, engine_attributes: false, sticky: false });
  const tell = (command) => core.command(JSON.stringify(command), AT_MS, OFFSET_MIN);
  tell({ op: 'attributes', set: attributes ?? {} });
  Object.entries(forcedVariations ?? {}).forEach(([key, variation]) => tell({ op: 'override', key, variation }));
  core.load_features(JSON.stringify(payloadOf(context)), AT_MS, OFFSET_MIN);
  try {
    return tell({ op: 'explain', id: asked.feature ?? asked.experiment });
  } catch (error) {
    // The same question may be about a line of the ledger.
    if (error.code === 'line_unknown') return null;
    throw error;
  }
}

const BUILT_IN = ['platform', 'system', 'brand', 'model', 'app_version', 'language'];

function isTold(attributes) {
  if (attributes === undefined) return true;
  if (attributes === null || typeof attributes !== 'object' || Array.isArray(attributes)) return false;
  const isPlain = ([name, value]) => value !== null && /^[\w.$ -]{1,64}$/.test(name) && !BUILT_IN.includes(name);
  const isShort = ([, value]) => JSON.stringify(value).length <= 300;
  const all = Object.entries(attributes);
  return all.length <= 64 && all.every((each) => isPlain(each) && isShort(each));
}

async function bootedCore(experiments) {
  const Core = await freshCore();
  const core = new Core(JSON.stringify({ app: 'vectors', revision: 1 }), new Uint8Array(16).fill(7));
  core.boot(JSON.stringify({ consent: true, format: 'json', info: {}, experiments }), AT_MS, OFFSET_MIN);
  return core;
}

function sticky(context, documents, feature) {
  const isHers = ({ attributeName, attributeValue }) => context.attributes[attributeName] === attributeValue;
  const kept = documents.filter(isHers).flatMap(assignmentsOf);
  const { result, sticky } = server.evaluate({ ...requestOf(context, { feature }), sticky: kept });
  return [result?.experimentResult ?? null, documentsOf(sticky)];
}

function assignmentsOf({ attributeName, attributeValue, assignments }) {
  return Object.entries(assignments).map(([key, variation]) => {
    const at = key.lastIndexOf('__');
    return { experiment: key.slice(0, at), version: Number(key.slice(at + 2)), attribute: attributeName, value: attributeValue, variation };
  });
}

function documentsOf(list) {
  const documents = {};
  for (const { experiment, version, attribute, value, variation } of list) {
    const key = `${attribute}||${value}`;
    documents[key] ??= { attributeName: attribute, attributeValue: value, assignments: {} };
    documents[key].assignments[`${experiment}__${version}`] = variation;
  }
  return documents;
}

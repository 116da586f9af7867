/** Random payloads and people: well formed for the most part, loosely typed wherever a condition meets an attribute. */
import { randomCondition, randomValue } from './random-condition.mjs';

const KEYS = ['f0', 'f1', 'f2', 'f3', 'f4', '茶'];
const EXPERIMENTS = ['exp-1', 'exp-2', 'buy-colour', '按钮'];
const SEEDS = ['exp-1', 'exp-2', 's', 'seed', '种子'];
const HASHED = ['id', 'user', 'device', 'level', 'tags'];
const SHARES = [0, 0.1, 0.25, 0.4, 0.5, 0.9, 1];
const WEIGHTS = [[0.5, 0.5], [0.1, 0.9], [0.334, 0.333, 0.333], [0.2, 0.3, 0.5], [0.25, 0.25, 0.25, 0.25], [0.2, 0.2], [1], [0, 1], [0.7, 0.6]];
const QUERIES = ['', '', '', 'exp-1=1', 'exp-2=0&exp-1=2', 'buy-colour=7', 'exp-1=1a', 'exp-1', 'exp-1=-1', 'x=1#exp-1=1', 'exp-2= 1'];
/** Texts that are hashed. */
const PEOPLE = ['u_000001', 'u_000002', 'oAbC-dEf_0123456789abcdefgh', '用户1', '😀', '7', 'a', 'a,b'];

/** One of a list. */
export const pick = (random, list) => list[random.below(list.length)];
const times = (count, make) => Array.from({ length: count }, make);

/** Members that are there with some probability: `{name: [probability, make]}`. */
function some(random, members) {
  const there = Object.entries(members).filter(([, [probability]]) => random.chance(probability));
  return Object.fromEntries(there.map(([name, [, make]]) => [name, make()]));
}

function range(random) {
  const [low, high] = [pick(random, SHARES), pick(random, SHARES)];
  return [Math.min(low, high), Math.max(low, high)];
}

function filter(random) {
  return {
    seed: pick(random, SEEDS),
    ranges: times(1 + random.below(2), () => range(random)),
    ...some(random, { hashVersion: [0.5, () => pick(random, [1, 2])], attribute: [0.5, () => pick(random, HASHED)] }),
  };
}

function hashing(random) {
  return some(random, {
    hashAttribute: [0.4, () => pick(random, HASHED)],
    fallbackAttribute: [0.1, () => pick(random, HASHED)],
    hashVersion: [0.6, () => pick(random, [1, 2, 2, 2, 3, 0])],
    seed: [0.3, () => pick(random, SEEDS)],
    disableStickyBucketing: [0.05, () => true],
    bucketVersion: [0.1, () => random.below(3)],
    minBucketVersion: [0.1, () => random.below(3)],
  });
}

function parents(random) {
  return times(1 + random.below(2), () => ({
    id: pick(random, [...KEYS, 'unknown']),
    condition: random.chance(0.3) ? { value: randomValue(random) } : { value: { $exists: true } },
    ...some(random, { gate: [0.4, () => random.chance(0.7)] }),
  }));
}

function meta(random, count) {
  return times(count, (_, at) => some(random, {
    key: [0.7, () => pick(random, ['control', 'red', 'v' + at])],
    name: [0.3, () => 'Variation ' + at],
    passthrough: [0.08, () => true],
  }));
}

function variations(random) {
  const count = pick(random, [2, 2, 2, 3, 3, 4, 1, 0]);
  return {
    variations: times(count, () => randomValue(random)),
    ...some(random, {
      weights: [0.4, () => pick(random, WEIGHTS)],
      coverage: [0.4, () => pick(random, [...SHARES, -1, 2])],
      ranges: [0.15, () => times(pick(random, [count, count, 1, count + 1]), () => range(random))],
      namespace: [0.15, () => ['ns' + random.below(2), ...range(random)]],
      filters: [0.15, () => times(random.below(3), () => filter(random))],
      meta: [0.3, () => meta(random, Math.max(count, 1))],
      name: [0.2, () => 'An experiment'],
      phase: [0.3, () => String(random.below(3))],
    }),
    ...hashing(random),
  };
}

const targeted = (random) => some(random, { condition: [0.6, () => randomCondition(random)] });

function rule(random) {
  const about = some(random, {
    id: [0.5, () => 'rule-' + random.below(9)],
    parentConditions: [0.2, () => parents(random)],
    filters: [0.07, () => times(1 + random.below(2), () => filter(random))],
  });
  if (random.chance(0.5)) return { ...about, ...targeted(random), ...rollout(random), force: randomValue(random) };
  const named = some(random, { key: [0.6, () => pick(random, EXPERIMENTS)], contextualBanditRef: [0.07, () => 'bandit'] });
  return { ...variations(random), ...about, ...targeted(random), ...named };
}

function rollout(random) {
  return { ...hashing(random), ...some(random, { coverage: [0.5, () => pick(random, SHARES)], range: [0.1, () => range(random)] }) };
}

function feature(random) {
  return { ...some(random, { defaultValue: [0.9, () => randomValue(random)] }), rules: times(random.below(4), () => rule(random)) };
}

/** An experiment that stands by itself; its key is no feature's. */
function experiment(random, at) {
  return {
    ...variations(random), ...targeted(random), key: 'own-' + at,
    ...some(random, {
      status: [0.2, () => pick(random, ['draft', 'running', 'stopped'])],
      active: [0.2, () => random.chance(0.7)],
      parentConditions: [0.2, () => parents(random)],
      force: [0.1, () => random.below(4)],
    }),
  };
}

function savedGroups(random) {
  const kinds = [
    () => times(random.below(4), () => randomValue(random)),
    () => ({ type: 'list', attributeKey: pick(random, HASHED), values: times(random.below(4), () => pick(random, PEOPLE)) }),
    () => ({ type: 'condition', condition: randomCondition(random) }),
    () => ({ type: 'tomorrow', values: [] }),
  ];
  return Object.fromEntries(['g0', 'g1', 'g2'].filter(() => random.chance(0.8)).map((id) => [id, pick(random, kinds)()]));
}

function bandits(random) {
  const contexts = times(random.below(3), (_, at) => ({ leafId: at + 1, condition: randomCondition(random), weights: pick(random, WEIGHTS) }));
  return { bandit: { banditVersion: 3, contexts } };
}

/** One member of a rule or a condition put wrong, so that what is off is the same on both sides or listed. */
function spoiled(random, payload) {
  const rules = Object.values(payload.features).flatMap(({ rules: list }) => list);
  if (rules.length === 0) return;
  const chosen = pick(random, rules);
  const names = Object.keys(chosen).filter((name) => name !== 'force');
  if (names.length > 0) chosen[pick(random, names)] = randomValue(random);
}

/** Someone: a few attributes of any kind. */
export function randomPerson(random) {
  return some(random, {
    id: [0.95, () => (random.chance(0.9) ? pick(random, PEOPLE) + random.below(200) : randomValue(random))],
    user: [0.5, () => (random.chance(0.7) ? pick(random, PEOPLE) : randomValue(random))],
    device: [0.4, () => random.below(100000)],
    country: [0.6, () => pick(random, ['CN', 'cn', 'US', 'DE', '', '0x10'])],
    level: [0.6, () => pick(random, [0, 1, 2, 5, '5', '1.0', 0.5, true])],
    ver: [0.6, () => pick(random, ['1.2.3', '1.10.0', 'v2.0.0-rc.1', '2', 2, '', '1.2.3+9'])],
    tags: [0.6, () => times(random.below(4), () => randomValue(random))],
    deep: [0.4, () => ({ a: randomValue(random), b: { c: randomValue(random) } })],
    any: [0.6, () => randomValue(random)],
  });
}

/** A payload, and how both are told to run it. */
export function randomPayload(random) {
  const keys = KEYS.slice(0, 1 + random.below(KEYS.length));
  const payload = {
    features: Object.fromEntries(keys.map((key) => [key, feature(random)])),
    experiments: times(random.below(3), (_, at) => experiment(random, at)),
    savedGroups: savedGroups(random),
    contextualBandits: bandits(random),
  };
  if (random.chance(0.05)) spoiled(random, payload);
  return {
    payload,
    options: {
      enabled: random.chance(0.97),
      qa: random.chance(0.03),
      query: pick(random, QUERIES),
      forced: some(random, { 'exp-2': [0.05, () => random.below(4)], 'buy-colour': [0.05, () => random.below(3)], 'own-0': [0.1, () => random.below(3) - 1] }),
    },
  };
}

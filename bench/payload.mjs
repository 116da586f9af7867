/** A payload with targeting, five kinds of features in turn, and the people that it is evaluated for. */

const COUNTRIES = ['CN', 'US', 'DE', 'JP', 'FR', 'SG', 'KR', 'GB'];
const PLATFORMS = ['ios', 'android', 'devtools'];

/** Features of a kind, by number. */
const KINDS = [
  (n) => ({
    defaultValue: false,
    rules: [{ condition: { country: 'CN', app_semver: { $vgte: `1.${n % 7}.0` } }, force: true }],
  }),
  (n) => ({
    defaultValue: false,
    rules: [{ condition: { level: { $gte: n % 9 } }, force: true, coverage: 0.4, hashAttribute: 'id', hashVersion: 2, seed: 'rollout-' + n }],
  }),
  (n) => ({
    defaultValue: 'control',
    rules: [{
      key: 'exp-' + n, seed: 'seed-' + n, hashAttribute: 'id', hashVersion: 2, coverage: 1, weights: [0.5, 0.5],
      condition: { country: { $in: ['CN', 'SG', 'US', 'JP'] } },
      variations: ['control', 'treatment'], meta: [{ key: '0', name: 'Control' }, { key: '1', name: 'Treatment' }], phase: '0', name: 'Experiment ' + n,
    }],
  }),
  (n) => ({
    defaultValue: 0,
    rules: [{
      key: 'ns-' + n, seed: 'ns-seed-' + n, hashAttribute: 'id', hashVersion: 2, coverage: 0.9, weights: [0.334, 0.333, 0.333],
      filters: [{ seed: 'layer-' + (n % 3), ranges: [[0, 0.6]], hashVersion: 2, attribute: 'id' }],
      variations: [0, 5, 8], meta: [{ key: '0' }, { key: '1' }, { key: '2' }], phase: '1',
    }],
  }),
  (n) => ({
    defaultValue: 'green',
    rules: [
      { condition: { tier: 'gold', orders: { $gt: n % 5 } }, force: 'gold' },
      { condition: { $or: [{ platform: 'ios' }, { tags: { $elemMatch: { $eq: 'vip' } } }] }, force: 'red' },
      { condition: { city: { $regex: '^(Shen|Guang)zhou?' } }, force: 'blue' },
    ],
  }),
];

/** A payload of `count` features. */
export function payload(count) {
  const features = Array.from({ length: count }, (_, n) => ['feature-' + String(n).padStart(3, '0'), KINDS[n % KINDS.length](n)]);
  return { features: Object.fromEntries(features) };
}

/** The attributes of somebody; another one for each number. */
export function person(n) {
  return {
    id: 'u_' + String(n).padStart(6, '0'),
    country: COUNTRIES[n % COUNTRIES.length],
    app_semver: `1.${n % 10}.${n % 4}`,
    level: n % 12,
    tier: n % 3 === 0 ? 'gold' : 'plain',
    orders: n % 7,
    platform: PLATFORMS[n % PLATFORMS.length],
    tags: n % 5 === 0 ? ['vip', 'new'] : ['new'],
    city: n % 4 === 0 ? 'Shenzhen' : 'Hangzhou',
  };
}

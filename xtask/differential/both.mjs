/** The two that are compared: the SDK as npm has it, and the package's module as it ships, told to follow the SDK. */
import { createRequire } from 'node:module';
import { freshCore } from '../vectors/js/core.mjs';

// Without it the SDK writes a line for every step.
process.env.NODE_ENV = 'production';
const { GrowthBook } = createRequire(import.meta.url)('@growthbook/growthbook');

const PROGRAM = JSON.stringify({ app: 'differential', revision: 1 });
const AT = Date.parse('2026-11-23T04:00:00Z');
const OFFSET_MIN = 480;
const SEED = Uint8Array.from({ length: 16 }, (_, at) => at);
let Core = await freshCore();

/** Gives back the memory of all engines so far: the module knows no other way. */
export async function renew() {
  Core = await freshCore();
}

/** As it comes back from JSON; what is not there is null, as the SDK's variation of an experiment without any. */
function plain(result) {
  const copy = JSON.parse(JSON.stringify(result));
  const inner = copy && (copy.experimentResult || (copy.hashAttribute === undefined ? undefined : copy));
  if (inner && inner.value === undefined) inner.value = null;
  return copy;
}

/** What it gives, or that it threw. */
function caught(run) {
  try {
    return plain(run());
  } catch (error) {
    return { threw: String(error && error.message) };
  }
}

/** The SDK with a payload in force. */
export function theirs({ payload, options }) {
  const gb = new GrowthBook({
    enabled: options.enabled, qaMode: options.qa, forcedVariations: options.forced,
    url: 'https://shop.example.com/' + (options.query && '?' + options.query),
    features: payload.features, savedGroups: payload.savedGroups,
  });
  gb.initSync({ payload: { features: payload.features, savedGroups: payload.savedGroups, contextualBandits: payload.contextualBandits } });
  return {
    become: (attributes) => { gb.setAttributes(attributes); },
    feature: (key) => caught(() => gb.evalFeature(key)),
    experiment: (position) => caught(() => gb.run(payload.experiments[position])),
  };
}

const UNKNOWN = { value: null, on: false, off: true, source: 'unknownFeature', ruleId: '' };

/** The module with a payload in force. */
export function ours({ payload, options }) {
  const core = new Core(PROGRAM, SEED);
  const { enabled, qa, query, forced } = options;
  const experiments = { compat: '0.8', sticky: false, engine_attributes: false, enabled, qa, query };
  core.boot(JSON.stringify({ consent: true, format: 'json', info: {}, experiments }), AT, OFFSET_MIN);
  const command = (json) => core.command(JSON.stringify(json), AT, OFFSET_MIN);
  const { features } = core.load_features(JSON.stringify(payload), AT, OFFSET_MIN);
  for (const [key, variation] of Object.entries(forced)) command({ op: 'override', key, variation });
  let known = [];
  const explained = (key) => {
    const { why, ...result } = command({ op: 'explain', id: key });
    return result;
  };
  return {
    become(attributes) {
      command({ op: 'attributes', set: { ...Object.fromEntries(known.map((name) => [name, null])), ...attributes } });
      known = Object.keys(attributes);
    },
    feature: (key) => caught(() => (payload.features[key] ? same(explained(key), read(core, features.indexOf(key))) : UNKNOWN)),
    experiment: (position) => caught(() => explained(payload.experiments[position].key).experimentResult),
  };
}

/** The value as an app reads it. */
function read(core, position) {
  return core.feature_value(position, core.feature(position, AT, OFFSET_MIN) >> 1);
}

/** The explanation, once the value that it tells is the one that is read. */
function same(explained, value) {
  if (JSON.stringify(explained.value) !== JSON.stringify(value)) throw new Error(`explained ${JSON.stringify(explained.value)}, but read ${JSON.stringify(value)}`);
  return explained;
}

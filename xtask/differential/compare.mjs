/** Finds out whether the two agree, and if not, which documented difference explains it. */
import { isDeepStrictEqual } from 'node:util';
import { ours, theirs } from './both.mjs';
import { DIFFERENCES, SEVERAL, THROWN } from './differences.mjs';

/** What can be asked of a payload: each feature, and each experiment that stands by itself. */
export function questions({ features, experiments }) {
  return [
    ...Object.keys(features).map((key) => ({ kind: 'feature', of: key })),
    ...experiments.map((_, position) => ({ kind: 'experiment', of: position })),
  ];
}

/** Without what only repeats the rule, which a rewritten case writes differently. */
function told(result) {
  const { experiment, ...rest } = result;
  return rest;
}

const same = (value) => value;

/** The SDK's answer to a rewritten case. */
function rewritten(example, differences) {
  const changed = differences.reduce((before, { rewrite = same }) => rewrite(before), structuredClone(example));
  const sdk = theirs(changed);
  sdk.become(changed.attributes);
  return differences.reduce((before, { read = same }) => read(before), sdk[example.question.kind](example.question.of));
}

/** Why the answers differ: the name of a documented difference; null if none explains it. */
export function reason(example, { sdk, core }) {
  if (sdk.threw !== undefined) return core.threw === undefined ? THROWN : null;
  const explains = (difference) => isDeepStrictEqual(told(rewritten(example, [difference])), told(core));
  const single = Object.entries(DIFFERENCES).find(([, difference]) => explains(difference));
  if (single) return single[0];
  const last = rewritten(example, Object.values(DIFFERENCES));
  return last.threw !== undefined || isDeepStrictEqual(told(last), told(core)) ? SEVERAL : null;
}

/**
 * One case from the beginning.
 * @returns {{reason: string | null, sdk: object, core: object} | null} null if both agree
 */
export function differs(example) {
  const [sdk, core] = [theirs(example), ours(example)].map((each) => {
    each.become(example.attributes);
    return each[example.question.kind](example.question.of);
  });
  return isDeepStrictEqual(sdk, core) ? null : { reason: reason(example, { sdk, core }), sdk, core };
}

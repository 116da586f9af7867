/** The comparison itself: pairs from a seed, until all agree or one does not. */
import { isDeepStrictEqual } from 'node:util';
import { Random } from '../../replay/random.mjs';
import { ours, renew, theirs } from './both.mjs';
import { differs, questions, reason } from './compare.mjs';
import { randomPayload, randomPerson } from './random-case.mjs';
import { shrink } from './shrink.mjs';

/** People that meet one payload. */
const PEOPLE = 5;
/** Payloads after which the module starts afresh. */
const RENEWED_AFTER = 500;

/** True if the case still shows a difference that nothing explains; one that the core can't run shows nothing. */
function isUnlisted(example) {
  try {
    const found = differs(example);
    return found !== null && found.reason === null && found.core.threw === undefined;
  } catch {
    return false;
  }
}

/** One person before one payload. */
function meet({ scene, attributes, sdk, core }, found) {
  sdk.become(attributes);
  core.become(attributes);
  found.pairs += 1;
  for (const question of questions(scene.payload)) {
    const answers = { sdk: sdk[question.kind](question.of), core: core[question.kind](question.of) };
    found.answers += 1;
    if (isDeepStrictEqual(answers.sdk, answers.core)) {
      found.agreed += 1;
      continue;
    }
    const name = reason({ ...scene, attributes, question }, answers);
    if (name === null) return { ...scene, attributes, question };
    found.listed[name] = (found.listed[name] || 0) + 1;
  }
  return null;
}

/**
 * @param {{pairs: number, seed: string}} wanted
 * @returns {Promise<{pairs: number, answers: number, agreed: number, listed: Record<string, number>, unlisted: object | null}>}
 */
export async function differential({ pairs, seed }) {
  const found = { pairs: 0, answers: 0, agreed: 0, listed: {}, unlisted: null };
  // The SDK complains of every operator that it does not know.
  const complain = console.error;
  console.error = () => undefined;
  for (let payload = 0; found.pairs < pairs && !found.unlisted; payload++) {
    if (payload % RENEWED_AFTER === 0) await renew();
    const random = new Random(`${seed}:${payload}`);
    const scene = randomPayload(random);
    const [sdk, core] = [theirs(scene), ours(scene)];
    for (let person = 0; person < PEOPLE && found.pairs < pairs && !found.unlisted; person++) {
      const example = meet({ scene, attributes: randomPerson(random), sdk, core }, found);
      found.unlisted = example && told(example, { seed, number: payload });
    }
  }
  console.error = complain;
  return found;
}

/** The smallest case, with both answers to it. */
function told(example, origin) {
  const smallest = isUnlisted(example) ? shrink(example, isUnlisted) : example;
  const { sdk, core } = differs(smallest) || {};
  return { ...origin, ...smallest, sdk, core };
}

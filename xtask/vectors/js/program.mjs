/** `program.json` on the built package: mistakes as they are thrown, and what `describe` shows of the checked form. */
import { isDeepStrictEqual } from 'node:util';
import { freshCore } from './core.mjs';

const SEED = new Uint8Array(16);

/**
 * What `describe` shows. The rest is the engine's own; the dictionary's digest, which covers declared values and
 * decimals too, is set beside the native one by the caller.
 */
const SHOWN = ['app', 'revision', 'events', 'flows', 'warnings'];
const BUILT_IN_EVENTS = 8;

export async function program(cases) {
  const outcomes = [];
  for (const each of cases) outcomes.push(outcome(await freshCore(), each));
  return outcomes;
}

function outcome(Core, { name, program, text, expect }) {
  const found = load(Core, text === undefined ? JSON.stringify(program) : text);
  return { name, digest: found.digest, difference: difference(found, visible(expect)) };
}

function load(Core, text) {
  try {
    const core = new Core(text, SEED);
    const { app, revision, dictionary, warnings, events, flows } = core.describe();
    return { app, revision, warnings, flows, events: events.slice(BUILT_IN_EVENTS).map(namesOf), digest: String(dictionary) };
  } catch (error) {
    if (!Array.isArray(error.mistakes)) throw error;
    return { errors: error.mistakes.map(({ code, path, message }) => ({ code, path, message })) };
  }
}

function visible(expect) {
  const entries = Object.entries(expect).filter(([key]) => key === 'errors' || SHOWN.includes(key));
  return Object.fromEntries(entries.map(([key, value]) => [key, key === 'events' ? value.map(namesOf) : value]));
}

function namesOf({ name, dimensions, numbers }) {
  const onlyName = (each) => ({ name: each.name });
  return { name, dimensions: dimensions.map(onlyName), numbers: numbers.map(onlyName) };
}

function difference(found, expected) {
  const named = Object.fromEntries(Object.keys(expected).map((key) => [key, found[key]]));
  if (isDeepStrictEqual(named, expected) && ('errors' in found) === ('errors' in expected)) return null;
  return `expected ${JSON.stringify(expected)}, found ${JSON.stringify(named)}`;
}

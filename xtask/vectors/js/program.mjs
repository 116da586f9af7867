/** `program.json` on the built package: mistakes as they are thrown, and what `describe` shows of the checked form. */
import { isDeepStrictEqual } from 'node:util';
import { freshCore } from './core.mjs';

const SEED = new Uint8Array(16);

/** What `describe` shows; the settings are the engine's own and are compared natively only. */
const SHOWN = ['app', 'revision', 'pages', 'events', 'flows', 'warnings'];
const BUILT_IN_EVENTS = 8;

export async function programDifference({ program, text, expect }) {
  const Core = await freshCore();
  const found = outcome(Core, text === undefined ? JSON.stringify(program) : text);
  const expected = Object.fromEntries(Object.entries(expect).filter(([key]) => key === 'errors' || SHOWN.includes(key)));
  const named = Object.fromEntries(Object.keys(expected).map((key) => [key, found[key]]));
  if (isDeepStrictEqual(named, expected) && ('errors' in found) === ('errors' in expected)) return null;
  return `expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`;
}

function outcome(Core, text) {
  let core;
  try {
    core = new Core(text, SEED);
  } catch (error) {
    if (!Array.isArray(error.mistakes)) throw error;
    return { errors: error.mistakes.map(({ code, path, message }) => ({ code, path, message })) };
  }
  const found = core.describe();
  core.free();
  return shown(found);
}

function shown({ app, revision, warnings, events, flows }) {
  const page = events.find((event) => event.name === 'page');
  const withoutIds = events.slice(BUILT_IN_EVENTS).map(({ name, dimensions, numbers }) => ({
    name,
    dimensions: dimensions.map((dimension) => ({ name: dimension.name, values: dimension.values })),
    numbers,
  }));
  return { app, revision, pages: page.dimensions[0].values, events: withoutIds, flows, warnings };
}

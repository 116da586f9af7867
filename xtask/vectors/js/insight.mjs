/** `insight.json` on the built package's module: what somebody does, and what is then said of her. */
import { isDeepStrictEqual } from 'node:util';
import { freshCore } from './core.mjs';

const START_MS = 1795312800000;
const DAY_MS = 86400000;
const OFFSET_MIN = 480;
const LAUNCH = 0;
const ERROR = 6;
const STEPS = { begin: 0, 'go on': 1, end: 2 };
const TAPS = { tap: { target: 'pay' }, step: { target: 'plus', kind: 'stepper' } };

export async function insight(cases) {
  const outcomes = [];
  for (const each of cases) outcomes.push({ name: each.name, difference: difference(await freshCore(), each) });
  return outcomes;
}

function difference(Core, { do: deeds, at, signs = {}, expect }) {
  const flows = [{ name: 'buy', steps: ['cart', 'pay', 'done'] }];
  const core = new Core(JSON.stringify({ app: 'ways', revision: 1, pages: ['home'], flows, signs }), new Uint8Array(16));
  core.boot(JSON.stringify({ consent: true, format: 'binary', info: {}, experiments: {} }), START_MS, OFFSET_MIN);
  deeds.forEach(([day, deed]) => carryOut(core, START_MS + day * DAY_MS, deed));
  const found = core.command('{"op":"outlook"}', START_MS + Math.trunc(at * DAY_MS), OFFSET_MIN);
  const wrong = Object.entries(expect).filter(([key, expected]) => !isDeepStrictEqual(found[key], expected));
  return wrong.map(([key, expected]) => `${key}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found[key])}`).join('; ') || null;
}

function carryOut(core, at, deed) {
  const command = (op) => core.command(JSON.stringify(op), at, OFFSET_MIN);
  if (deed === 'visit') core.track(LAUNCH, at, OFFSET_MIN);
  else if (deed === 'error') core.track(ERROR, at, OFFSET_MIN);
  else if (deed in STEPS) core.flow(0, STEPS[deed], at, OFFSET_MIN);
  else if (deed in TAPS) command({ op: 'tap', ...TAPS[deed] });
  else command(deed);
}

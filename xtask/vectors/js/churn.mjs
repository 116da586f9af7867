/** `churn.json` on the package's Node entry: people scored by four models, and what 60-digit arithmetic says of them. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.cwd(), 'package.json'));

const TOLERANCE = 1e-9;

const LIFETIME = ['r', 'alpha', 'a', 'b'];
const MODELS = { bgnbd: ['bg', LIFETIME], mbgnbd: ['mbg', LIFETIME], mbgcnbd2: ['mbg', LIFETIME], gg: ['gamma_gamma', ['p', 'q', 'v']] };

export function churn({ meta, rows }) {
  const { insightScore } = require('./pkg/dist/node/server.cjs');
  const models = Object.fromEntries(
    Object.entries(MODELS).map(([name, [kind, names]]) => {
      const of = meta.params[name];
      return [name, { kind, k: of.k === undefined ? 1 : of.k, parameters: names.map((each) => Number(of[each])) }];
    }),
  );
  return rows.map((row) => outcome(insightScore, models, row));
}

function outcome(insightScore, models, row) {
  const times = Object.keys(row.bgnbd.p_active).sort((a, b) => a - b);
  const people = [{ x: row.frequency, last: row.recency, age: row.T, mean: row.mean_spend }];
  const [found] = insightScore({ models, people, within: times.map(Number) });
  const pairs = expectations(row, found, times);
  const wrong = pairs.filter(([, figure, expected]) => !(Math.abs(figure - expected) <= TOLERANCE * Math.abs(expected)));
  const difference = wrong.map(([path, figure, expected]) => `${path}: expected ${expected}, found ${figure}`).join('; ') || null;
  return { name: row.id, difference, digest: pairs.map(([, figure]) => bits(figure)).join('') };
}

/** In the order of the native runner. */
function expectations(row, found, times) {
  const all = [['gg.spend', found.gg.spend, Number(row.gg_expected_spend)]];
  for (const model of Object.keys(MODELS).filter((name) => name !== 'gg')) {
    all.push([`${model}.p_alive`, found[model].p_alive, Number(row[model].p_alive)]);
    for (const name of ['p_active', 'expected'].filter((each) => row[model][each])) {
      times.forEach((time, i) => all.push([`${model}.${name}.${i}`, found[model][name][i], Number(row[model][name][time])]));
    }
  }
  return all;
}

function bits(number) {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, number);
  return view.getBigUint64(0).toString(16).padStart(16, '0');
}

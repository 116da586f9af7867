// Writes ../catalogue.json, which the demo's collector serves: what the shop offers, with a table of what goes together that
// `huitou-collector fit` makes of what made-up people bought. A real shop fits it on its own orders:
// `huitou-collector fit --db huitou.sqlite --app tea-shop --bought order_item.product --catalogue catalogue.json --table catalogue.json`
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const offer = createRequire(import.meta.url)('../services/offer.js');
const FILE = fileURLToPath(new URL('../catalogue.json', import.meta.url));
const PEOPLE = 400;
/** Made up: what people who drink this also buy, and how many in ten of them do. */
const TASTES = [
  { teas: ['longjing', 'biluochun', 'maofeng'], besides: ['cups', 'pitcher'], in_ten: [5, 2] },
  { teas: ['yinzhen', 'shoumei'], besides: ['pitcher', 'jasmine'], in_ten: [4, 3] },
  { teas: ['tieguanyin', 'dahongpao'], besides: ['gaiwan', 'cups'], in_ten: [6, 3] },
  { teas: ['xiaozhong', 'qimen'], besides: ['cups', 'giftbox'], in_ten: [3, 3] },
  { teas: ['shupu', 'bingdao'], besides: ['zisha', 'shoumei'], in_ten: [5, 4] },
  { teas: ['jasmine'], besides: ['starter', 'maofeng'], in_ten: [4, 4] },
];

/** Numbers below `below` that look random and are the same at every run. */
function dice(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** `id,item` of what the made-up people bought. */
function baskets() {
  const below = dice(1);
  const lines = ['id,item'];
  for (let person = 0; person < PEOPLE; person += 1) {
    const { teas, besides, in_ten } = TASTES[below(TASTES.length)];
    const bought = new Set([teas[below(teas.length)], teas[below(teas.length)]]);
    besides.forEach((item, at) => { if (below(10) < in_ten[at]) bought.add(item); });
    bought.forEach((item) => lines.push(`p${person},${item}`));
  }
  return `${lines.join('\n')}\n`;
}

/** The text of the catalogue; `collector` is the command to run it. */
export function catalogue(collector) {
  const folder = mkdtempSync(path.join(tmpdir(), 'huitou-catalogue-'));
  const [history, listed, made] = ['baskets.csv', 'items.json', 'catalogue.json'].map((name) => path.join(folder, name));
  try {
    writeFileSync(history, baskets());
    writeFileSync(listed, JSON.stringify(offer.own()));
    const [program, ...words] = collector;
    execFileSync(program, [...words, 'fit', '--baskets', history, '--catalogue', listed, '--table', made], { stdio: 'ignore' });
    return readFileSync(made, 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(FILE, catalogue(['cargo', 'run', '--quiet', '--package', 'huitou-collector', '--']));
}

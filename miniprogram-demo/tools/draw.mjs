// Draws every picture of the shop into ../assets. Run `npm install && npm run draw` here after changing one.
import { mkdirSync, writeFileSync } from 'node:fs';
import { GOODS } from './draw/goods.mjs';
import { GIFTS } from './draw/gifts.mjs';
import { SCENES } from './draw/scenes.mjs';
import { LEAVES, dryLeaf, liquor } from './draw/tabletop.mjs';
import { Picture } from './draw/picture.mjs';

const ASSETS = new URL('../assets/', import.meta.url);
let total = 0;

function save(path, { width = 600, height = 600, draw }) {
  const picture = new Picture(width, height);
  draw(picture);
  const text = picture.toString();
  const file = new URL(path, ASSETS);
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(file, text);
  total += text.length;
}

for (const [name, draw] of Object.entries(GOODS)) save(`goods/${name}.svg`, { draw });
for (const category of Object.keys(LEAVES)) {
  save(`tea/leaf-${category}.svg`, { draw: (p) => dryLeaf(p, category) });
  save(`tea/liquor-${category}.svg`, { draw: (p) => liquor(p, category) });
}
for (const [name, scene] of Object.entries(SCENES)) save(`scene/${name}.svg`, scene);
for (const [name, gift] of Object.entries(GIFTS)) save(`gift/${name}.svg`, gift);
console.log(`${Math.round(total / 1024)} KB of pictures`);

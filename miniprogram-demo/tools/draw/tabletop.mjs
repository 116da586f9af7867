// Seen from above: a dish of dry leaf, a cup of liquor.
import { r1, seeded } from './picture.mjs';
import { steam } from './backdrop.mjs';

/** Leaf colours by category: [table, dish, dark leaf, leaf, light leaf]. */
export const LEAVES = {
  green: ['#dfe6d2', '#fbfcf6', '#3d5a2a', '#6d8f3f', '#a9bf6c'],
  white: ['#e9e1d1', '#fdfbf5', '#6d6b52', '#a3a384', '#e2e2d2'],
  oolong: ['#d5e0de', '#f8fbfa', '#24382f', '#46604c', '#7b8f66'],
  black: ['#eedccf', '#fdf8f3', '#26150f', '#4a2a1c', '#b9803e'],
  puer: ['#e3d4c4', '#fbf5ec', '#2d1c12', '#5d4029', '#9a7346'],
  flower: ['#e6e8d8', '#fcfcf6', '#4b5f34', '#8a9a58', '#ffffff'],
};

/** Liquor colours by category: [middle, rim]. */
export const LIQUORS = {
  green: ['#e6ecae', '#b9c766'], white: ['#f6e4b4', '#dcb868'], oolong: ['#f2c975', '#cf8f34'],
  black: ['#d8682c', '#92300f'], puer: ['#8e2f14', '#4a1408'], flower: ['#f0edb6', '#cfc56c'],
};

function leaf(picture, { x, y, turn, length, color, opacity = 1 }) {
  const [l, w] = [r1(length), r1(length * 0.13)];
  picture.add(`<path transform="translate(${r1(x)} ${r1(y)}) rotate(${Math.round(turn)})" d="M0 0 C${r1(l * 0.3)} ${-w} ${r1(l * 0.7)} ${-w * 1.1} ${l} ${r1(-w * 0.4)} C${r1(l * 0.7)} ${w} ${r1(l * 0.3)} ${w} 0 0Z" fill="${color}"${opacity < 1 ? ` opacity="${opacity}"` : ''}/>`);
}

function table(picture, color) {
  picture.rect(0, 0, 600, 600, color);
  picture.rect(0, 0, 600, 600, picture.linear([[0, '#ffffff', 0.5], [0.6, '#ffffff', 0], [1, '#000000', 0.14]], [0, 0, 1, 1]));
  for (let i = 1; i < 16; i += 1) picture.line(`M${i * 38} 0 V600`, '#ffffff', 1.4, 'opacity="0.2"');
}

function dish(picture, color, radius) {
  picture.circle(314, 326, radius + 4, picture.radial([[0.82, '#1d241f', 0.38], [1, '#1d241f', 0]]));
  picture.circle(300, 300, radius, picture.linear([[0, '#ffffff'], [1, '#dcd9cf']], [0, 0, 1, 1]));
  picture.circle(300, 300, radius - 12, color);
  picture.circle(300, 300, radius - 40, picture.linear([[0, '#000000', 0.1], [1, '#ffffff', 0.5]], [0, 0, 1, 1]));
}

/** A dish of dry leaf. */
export function dryLeaf(picture, category) {
  const [cloth, plate, dark, mid, light] = LEAVES[category];
  table(picture, cloth);
  dish(picture, plate, 232);
  const rand = seeded(category.length * 97 + category.charCodeAt(0));
  for (let i = 0; i < 150; i += 1) {
    const [angle, reach] = [rand() * Math.PI * 2, Math.sqrt(rand()) * 150];
    const color = i < 56 ? dark : i < 112 ? mid : rand() > 0.4 ? light : mid;
    leaf(picture, { x: 300 + Math.cos(angle) * reach - 22, y: 300 + Math.sin(angle) * reach, turn: rand() * 360, length: 44 + rand() * 38, color });
  }
  [[84, 120, 30], [520, 470, 200], [500, 96, 110], [92, 520, -40], [548, 300, 70]].forEach(([x, y, turn]) => {
    leaf(picture, { x: x + 5, y: y + 6, turn, length: 58, color: '#000000', opacity: 0.16 });
    leaf(picture, { x, y, turn, length: 58, color: mid });
  });
}

/** A white cup of liquor. */
export function liquor(picture, category) {
  const [middle, rim] = LIQUORS[category];
  table(picture, LEAVES[category][0]);
  dish(picture, '#fbfaf6', 236);
  picture.circle(306, 312, 168, picture.radial([[0.8, '#1d241f', 0.3], [1, '#1d241f', 0]]));
  picture.circle(300, 300, 160, picture.linear([[0, '#ffffff'], [1, '#e3e0d8']], [0, 0, 1, 1]));
  picture.circle(300, 300, 146, picture.linear([[0, '#c9c5ba'], [1, '#ffffff']], [0, 0, 1, 1]));
  picture.circle(300, 302, 134, picture.radial([[0, middle], [0.7, middle], [1, rim]], [0.45, 0.42, 0.62]));
  picture.path('M206 256 C226 206 276 184 326 192 C286 204 248 222 226 268 C214 278 202 272 206 256Z', '#ffffff', 'opacity="0.5"');
  picture.circle(372, 372, 9, '#ffffff', 'opacity="0.4"').circle(352, 388, 5, '#ffffff', 'opacity="0.4"');
  steam(picture, 300, 270, 150);
}

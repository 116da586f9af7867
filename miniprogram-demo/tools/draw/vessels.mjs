// What tea is sold in: tins, pressed cakes, pouches, boxes, a glass jar.
import { mark, shadow } from './backdrop.mjs';
import { seeded, r1 } from './picture.mjs';

const GOLD = [[0, '#a9772f'], [0.18, '#f3dca4'], [0.42, '#d9ae62'], [0.66, '#fbeec6'], [0.86, '#c1903f'], [1, '#8d6126']];
const ROUND = [[0, '#000000', 0.42], [0.1, '#000000', 0.16], [0.27, '#ffffff', 0.34], [0.42, '#ffffff', 0.04], [0.72, '#000000', 0.1], [0.9, '#000000', 0.36], [1, '#000000', 0.46]];

export const gold = (picture) => picture.linear(GOLD, [0, 0, 1, 0.12]);

/** The wall of an upright cylinder between two heights. */
const wall = (cx, rx, top, bottom, ry) =>
  `M${cx - rx} ${top} L${cx - rx} ${bottom} A${rx} ${ry} 0 0 0 ${cx + rx} ${bottom} L${cx + rx} ${top} A${rx} ${ry} 0 0 1 ${cx - rx} ${top}Z`;

function cylinder(picture, { cx, rx, top, bottom, ry, fill }) {
  const d = wall(cx, rx, top, bottom, ry);
  picture.path(d, fill);
  picture.path(d, picture.linear(ROUND, [0, 0, 1, 0]));
}

function disc(picture, { cx, cy, rx, ry, fill }) {
  picture.ellipse(cx, cy, rx, ry, fill);
  picture.ellipse(cx, cy, rx, ry, picture.linear([[0, '#ffffff', 0.55], [0.5, '#ffffff', 0.12], [1, '#000000', 0.12]], [0, 0, 1, 1]));
}

/** A paper label bent round a cylinder. */
function label(picture, { cx, top, bottom, half, dip, fill }) {
  const d = `M${cx - half} ${top - dip} Q${cx} ${top + dip} ${cx + half} ${top - dip} L${cx + half} ${bottom - dip} Q${cx} ${bottom + dip} ${cx - half} ${bottom - dip}Z`;
  picture.path(d, fill);
  picture.path(d, picture.linear([[0, '#000000', 0.16], [0.25, '#ffffff', 0.22], [0.6, '#ffffff', 0], [1, '#000000', 0.2]], [0, 0, 1, 0]));
}

/** A tea tin with a lid, a metal band and a paper label. */
export function tin(picture, { color, lid, paper = '#f8f1df', ink, name, cx = 300, rx = 104, top = 236, bottom = 486, size = name.length > 3 ? 34 : 44 }) {
  const ry = rx * 0.2;
  shadow(picture, cx + 14, bottom + 14, rx * 1.42, rx * 0.3);
  cylinder(picture, { cx, rx, top, bottom, ry, fill: color });
  cylinder(picture, { cx, rx: rx + 1, top: bottom - 14, bottom: bottom + 1, ry, fill: gold(picture) });
  const lidTop = top - 66;
  cylinder(picture, { cx, rx: rx + 5, top: lidTop, bottom: top + 2, ry, fill: lid });
  cylinder(picture, { cx, rx: rx + 6, top: top - 9, bottom: top + 4, ry, fill: gold(picture) });
  disc(picture, { cx, cy: lidTop, rx: rx + 5, ry, fill: lid });
  picture.ellipse(cx, lidTop, rx - 16, ry * 0.78, 'none', `stroke="#ffffff" stroke-opacity="0.28" stroke-width="2"`);
  const half = rx * 0.56;
  label(picture, { cx, top: top + 36, bottom: bottom - 34, half, dip: ry * 0.36, fill: paper });
  const height = bottom - top - 70;
  picture.line(`M${cx - half + 9} ${top + 46} V${bottom - 46} M${cx + half - 9} ${top + 46} V${bottom - 46}`, ink, 1.6, 'opacity="0.55"');
  picture.text(name, { x: cx, y: top + 38 + (height - name.length * (size + 2) - 36) / 2, size, gap: 2, fill: ink, vertical: true });
  mark(picture, { x: cx, y: bottom - 58, scale: 0.26, color: '#b23a26' });
}

function cakeFolds(picture, radius, rand) {
  for (let i = 0; i < 26; i += 1) {
    const angle = (i / 26) * Math.PI * 2 + rand() * 0.12;
    const inner = radius * (0.72 + rand() * 0.12);
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    picture.line(`M${r1(c * inner)} ${r1(s * inner)} L${r1(c * radius * 0.985)} ${r1(s * radius * 0.985)}`, '#6b5431', 1.4, `opacity="${r1(0.16 + rand() * 0.2)}"`);
  }
}

/** A pressed cake in its paper, upright on a wooden stand. */
export function cake(picture, { paper, edge, ink, name, seed, x = 300, y = 306, radius = 168 }) {
  shadow(picture, x + 12, y + radius + 30, radius * 1.1, 30);
  const wood = picture.linear([[0, '#8a5a34'], [1, '#4f301a']]);
  picture.path(`M${x - 118} ${y + radius + 24} L${x - 92} ${y + radius - 30} Q${x} ${y + radius + 14} ${x + 92} ${y + radius - 30} L${x + 118} ${y + radius + 24} Q${x} ${y + radius + 42} ${x - 118} ${y + radius + 24}Z`, wood);
  picture.circle(x + 9, y + 5, radius, edge);
  picture.circle(x, y, radius, picture.linear([[0, '#ffffff'], [0.15, paper], [1, edge]], [0, 0, 1, 1]));
  picture.at({ x, y }, () => {
    cakeFolds(picture, radius, seeded(seed));
    picture.add(`<circle cx="0" cy="0" r="${radius - 26}" fill="none" stroke="${ink}" stroke-width="2" stroke-opacity="0.55"/>`);
    picture.add(`<circle cx="0" cy="0" r="${radius - 33}" fill="none" stroke="${ink}" stroke-width="1" stroke-opacity="0.4"/>`);
    picture.path('M-128 38 C-96 22 -74 -20 -40 -26 C-12 -30 8 14 36 18 C62 20 78 -6 98 -4 C114 -2 124 18 131 30 A135 135 0 0 1 -128 38Z', ink, 'opacity="0.14"');
    picture.circle(74, -66, 20, '#b23a26', 'opacity="0.85"');
    picture.text(name, { x: -8, y: -name.length * 27 - 4, size: 50, gap: 4, fill: ink, vertical: true });
  });
  picture.circle(x, y, radius, picture.radial([[0, '#ffffff', 0.32], [0.6, '#ffffff', 0], [1, '#3a2a14', 0.24]], [0.34, 0.3, 0.8]));
}

/** A stand-up pouch with a tear line. */
export function pouch(picture, { color, ink = '#f3e4bd', name, x = 300, y = 190 }) {
  shadow(picture, x + 12, y + 308, 150, 28);
  const body = `M${x - 108} ${y + 26} C${x - 114} ${y + 120} ${x - 126} ${y + 220} ${x - 116} ${y + 296} Q${x} ${y + 322} ${x + 116} ${y + 296} C${x + 126} ${y + 220} ${x + 114} ${y + 120} ${x + 108} ${y + 26}Z`;
  picture.path(body, color);
  picture.path(body, picture.linear([[0, '#000000', 0.3], [0.16, '#ffffff', 0.18], [0.3, '#ffffff', 0.02], [0.62, '#000000', 0.02], [0.78, '#ffffff', 0.14], [1, '#000000', 0.36]], [0, 0, 1, 0.06]));
  picture.rect(x - 109, y - 22, 218, 52, color, 'rx="6"');
  picture.rect(x - 109, y - 22, 218, 52, picture.linear([[0, '#ffffff', 0.3], [1, '#000000', 0.12]]), 'rx="6"');
  for (let i = 0; i < 5; i += 1) picture.line(`M${x - 104} ${y - 12 + i * 8} H${x + 104}`, '#000000', 1, 'opacity="0.14"');
  picture.line(`M${x - 100} ${y + 40} H${x + 100}`, '#ffffff', 1.6, 'stroke-dasharray="5 7" opacity="0.5"');
  picture.rect(x - 62, y + 76, 124, 176, 'none', `rx="62" stroke="${ink}" stroke-width="2" stroke-opacity="0.75"`);
  mark(picture, { x, y: y + 112, scale: 0.42, color: ink });
  picture.text(name, { x, y: y + 142, size: name.length > 3 ? 25 : 32, gap: 1, fill: ink, vertical: true });
}

/** A box seen from the front and a little from above, with a band. */
export function box(picture, { color, dark, name, x = 300, y = 250, w = 250, h = 222 }) {
  shadow(picture, x + 20, y + h + 8, w * 0.68, 30);
  const [l, r, depth] = [x - w / 2, x + w / 2, 54];
  picture.path(`M${l} ${y} L${l + 34} ${y - depth} H${r + 20} L${r} ${y}Z`, picture.linear([[0, color], [1, dark]], [0, 0, 1, 0.4]));
  picture.path(`M${l} ${y} L${l + 34} ${y - depth} H${r + 20} L${r} ${y}Z`, '#ffffff', 'opacity="0.16"');
  picture.path(`M${r} ${y} L${r + 20} ${y - depth} V${y + h - depth + 10} L${r} ${y + h}Z`, dark);
  picture.rect(l, y, w, h, picture.linear([[0, color], [1, dark]], [0, 0, 1, 1]));
  picture.rect(l, y, w, h, picture.linear([[0, '#ffffff', 0.2], [0.4, '#ffffff', 0]], [0, 0, 1, 1]));
  picture.rect(l, y + h * 0.3, w, 3, gold(picture));
  picture.rect(l + 14, y + 14, w - 28, h - 28, 'none', 'stroke="#f3e0b0" stroke-opacity="0.42" stroke-width="1.6"');
  picture.rect(x - 42, y - 1, 84, h + 1, gold(picture));
  picture.path(`M${x - 42} ${y} L${x - 12} ${y - depth} H${x + 66} L${x + 42} ${y}Z`, gold(picture));
  picture.rect(x - 35, y, 70, h, '#f9efd6');
  picture.text(name, { x, y: y + (h - name.length * 43) / 2 - 14, size: 40, gap: 3, fill: '#4b2f17', vertical: true });
  mark(picture, { x, y: y + h - 30, scale: 0.3, color: '#b23a26' });
}

function blossom(picture, x, y, size, turn) {
  picture.add(`<g transform="translate(${r1(x)} ${r1(y)}) rotate(${r1(turn)}) scale(${r1(size * 10) / 10})">`);
  for (let i = 0; i < 5; i += 1) picture.add(`<path d="M0 0 C-8 -8 -7 -19 0 -22 C7 -19 8 -8 0 0Z" fill="${i % 2 ? '#ffffff' : '#f7f6ea'}" stroke="#cfd6ba" stroke-width="0.8" transform="rotate(${i * 72})"/>`);
  picture.circle(0, 0, 4.2, '#e8d27c').add('</g>');
}

/** A glass jar of leaves and jasmine under a cork. */
export function jar(picture, { x = 300, top = 230, bottom = 486, rx = 110 }) {
  const ry = 22;
  shadow(picture, x + 12, bottom + 12, rx * 1.36, 30);
  picture.path(wall(x, rx, top, bottom, ry), '#f4faf2', 'opacity="0.55"');
  picture.path(wall(x, rx - 9, top + 62, bottom - 6, ry), picture.linear([[0, '#8d9c5e'], [1, '#4e6136']]));
  const rand = seeded(41);
  for (let i = 0; i < 72; i += 1) {
    const [lx, ly] = [x - rx + 22 + rand() * (rx * 2 - 44), top + 74 + rand() * (bottom - top - 78)];
    picture.line(`M${r1(lx)} ${r1(ly)} q${r1(rand() * 18 - 9)} ${r1(rand() * 14 - 7)} ${r1(rand() * 26 - 13)} ${r1(rand() * 18 - 5)}`, rand() > 0.5 ? '#39492a' : '#a9b374', 3.2, 'opacity="0.75"');
  }
  picture.ellipse(x, top + 66, rx - 9, ry, '#a6b06f');
  [[-64, 84, 1.1], [-20, 70, 1.3], [34, 80, 1.2], [72, 92, 1], [-46, 130, 1.2], [8, 140, 1.1], [58, 150, 1.3], [-70, 188, 1], [-14, 196, 1.3], [40, 206, 1.1], [-40, 234, 1], [70, 226, 0.9]]
    .forEach(([dx, dy, s], i) => blossom(picture, x + dx, top + dy, s, i * 37));
  picture.path(wall(x, rx, top, bottom, ry), picture.linear([[0, '#ffffff', 0.5], [0.08, '#ffffff', 0.12], [0.16, '#ffffff', 0.5], [0.24, '#ffffff', 0.04], [0.84, '#ffffff', 0.02], [0.94, '#ffffff', 0.42], [1, '#8aa08f', 0.4]], [0, 0, 1, 0]));
  picture.ellipse(x, top, rx, ry, '#ffffff', 'opacity="0.5"');
  cylinder(picture, { cx: x, rx: rx - 14, top: top - 52, bottom: top + 4, ry: ry - 3, fill: '#c89a63' });
  disc(picture, { cx: x, cy: top - 52, rx: rx - 14, ry: ry - 3, fill: '#d9b07c' });
  picture.line(`M${x - rx + 2} ${top + 30} Q${x} ${top + 66} ${x + rx - 2} ${top + 30}`, '#a8803f', 4);
  picture.add(`<g transform="rotate(7 ${x + 36} ${top + 90})">`);
  picture.rect(x + 4, top + 58, 62, 84, '#f9efd6', 'rx="5"').circle(x + 35, top + 68, 4, '#a8803f');
  picture.text('茉莉', { x: x + 35, y: top + 76, size: 28, gap: 0, fill: '#35482a', vertical: true }).add('</g>');
}

// Small pictures of the loyalty pages: coin, gifts, tier medals, the tea stamp.
import { mark } from './backdrop.mjs';

const METALS = {
  jade: { light: '#d8ecdf', mid: '#8fc1a5', dark: '#3f7d62', ink: '#1f5a45', ribbon: ['#5f9d80', '#2e6a52'] },
  silver: { light: '#ffffff', mid: '#cdd6d8', dark: '#8b989c', ink: '#4c5a5f', ribbon: ['#7e949c', '#50666f'] },
  gold: { light: '#fff3cf', mid: '#ecc877', dark: '#b9863a', ink: '#6d4712', ribbon: ['#c4513a', '#8e2c19'] },
  night: { light: '#8fb8a8', mid: '#2c6553', dark: '#0b2b22', ink: '#f3dfae', ribbon: ['#d9b25f', '#9c732c'] },
};

/** A round face of metal with a rim. */
function disc(picture, { x, y, radius, metal }) {
  const { light, mid, dark } = METALS[metal];
  picture.circle(x, y, radius, picture.linear([[0, light], [0.45, mid], [1, dark]], [0.1, 0, 0.9, 1]));
  picture.circle(x, y, radius * 0.84, picture.linear([[0, mid], [0.5, light], [1, mid]], [0.2, 0, 0.8, 1]));
  picture.circle(x, y, radius * 0.84, 'none', `stroke="${dark}" stroke-width="${radius * 0.035}" opacity="0.55"`);
}

const coin = (p) => {
  p.ellipse(60, 110, 34, 5, '#8a6424', 'opacity="0.18"');
  disc(p, { x: 60, y: 58, radius: 46, metal: 'gold' });
  mark(p, { x: 60, y: 58, scale: 0.5, color: METALS.gold.ink });
};

const medal = (metal) => (p) => {
  const { ribbon, ink } = METALS[metal];
  const cloth = p.linear([[0, ribbon[0]], [1, ribbon[1]]]);
  p.path('M52 92 L38 152 L58 140 L70 158 L82 104Z', cloth).path('M108 92 L122 152 L102 140 L90 158 L78 104Z', cloth, 'opacity="0.86"');
  p.ellipse(80, 72, 60, 60, '#123024', 'opacity="0.08"');
  disc(p, { x: 80, y: 66, radius: 58, metal });
  mark(p, { x: 80, y: 66, scale: 0.62, color: ink });
};

const bow = (p, color) => {
  p.path('M80 50 C56 20 30 26 34 42 C37 54 62 54 80 50 C98 54 123 54 126 42 C130 26 104 20 80 50Z', 'none', `stroke="${color}" stroke-width="9" stroke-linejoin="round"`);
};

/** A wrapped box: [lid, side] colours and a ribbon. */
const gift = ([light, deep], ribbon) => (p) => {
  p.ellipse(80, 146, 54, 6, '#3b2a10', 'opacity="0.14"');
  p.rect(30, 72, 100, 72, p.linear([[0, light], [1, deep]]), 'rx="8"');
  p.rect(22, 50, 116, 30, p.linear([[0, light], [1, deep]], [0, 0, 1, 1]), 'rx="8"');
  p.rect(70, 50, 20, 94, ribbon).rect(22, 76, 116, 5, '#3b1a08', 'opacity="0.12"');
  bow(p, ribbon);
};

const cup = (p, { body, line, leaf }) => {
  p.path('M26 40 H94 C94 74 84 96 60 96 C36 96 26 74 26 40Z', body, `stroke="${line}" stroke-width="4"`);
  p.path('M94 48 C116 46 116 78 86 78', 'none', `stroke="${line}" stroke-width="5" stroke-linecap="round"`);
  p.line('M36 106 H84', line, 5);
  mark(p, { x: 59, y: 66, scale: 0.3, color: leaf });
  for (const x of [46, 60, 74]) p.line(`M${x} 28 C${x - 6} 20 ${x + 6} 16 ${x} 8`, line, 4, 'opacity="0.6"');
};

const stamp = (p) => cup(p, { body: p.linear([[0, '#2c725b'], [1, '#123f32']]), line: '#17503f', leaf: '#f3dfae' });
const blank = (p) => cup(p, { body: '#f3f3ed', line: '#ccd3cb', leaf: '#ccd3cb' });

const lantern = (p) => {
  p.rect(0, 0, 700, 300, p.linear([[0, '#7f2a18'], [0.55, '#a63f25'], [1, '#c8703a']], [0, 0, 1, 1]));
  p.circle(560, 150, 190, p.radial([[0, '#ffe1a0', 0.5], [0.6, '#ffe1a0', 0.12], [1, '#ffe1a0', 0]]));
  const colors = ['#f9edcf', '#e7b65c'];
  for (let i = 0; i < 8; i += 1) {
    const [from, to] = [i, i + 1].map((n) => (n * Math.PI) / 4 - Math.PI / 2);
    const at = (angle, radius) => `${(560 + Math.cos(angle) * radius).toFixed(1)} ${(150 + Math.sin(angle) * radius).toFixed(1)}`;
    p.path(`M560 150 L${at(from, 104)} A104 104 0 0 1 ${at(to, 104)}Z`, colors[i % 2]);
  }
  p.circle(560, 150, 110, 'none', 'stroke="#ffe9b8" stroke-width="12"');
  p.circle(560, 150, 30, '#a63f25').path('M560 96 L548 130 H572Z', '#a63f25');
  mark(p, { x: 560, y: 150, scale: 0.28, color: '#ffe9b8' });
};

const square = (size, draw) => ({ width: size, height: size, draw });

export const GIFTS = {
  coin: square(120, coin),
  'medal-jade': square(160, medal('jade')),
  'medal-silver': square(160, medal('silver')),
  'medal-gold': square(160, medal('gold')),
  'medal-night': square(160, medal('night')),
  'gift-red': square(160, gift(['#d2593c', '#9a2f1b'], '#f0cf85')),
  'gift-green': square(160, gift(['#2f7a61', '#123f32'], '#f0cf85')),
  'gift-open': square(160, gift(['#eef1ea', '#d3dad1'], '#bcc8be')),
  stamp: square(120, stamp),
  'stamp-blank': square(120, blank),
  wheel: { width: 700, height: 300, draw: lantern },
};

// Wide pictures: banners, the login cover, faces, empty states.
import { mark, shadow } from './backdrop.mjs';
import { box, cake, gold, tin } from './vessels.mjs';
import { cup, teapot } from './ware.mjs';
import { seeded, r1 } from './picture.mjs';

const FAR = 'M0 250 C70 236 108 168 176 156 C232 148 262 206 326 204 C398 202 432 118 508 108 C580 100 622 190 700 186 V340 H0Z';
const NEAR = 'M0 292 C80 286 132 232 204 230 C280 228 318 278 392 274 C478 270 520 214 598 214 C640 214 676 232 700 240 V360 H0Z';

function sky(picture, [top, bottom], moon) {
  picture.rect(0, 0, 700, 340, picture.linear([[0, top], [1, bottom]], [0, 0, 0.6, 1]));
  picture.circle(520, 118, 170, picture.radial([[0, moon, 0.55], [0.6, moon, 0.14], [1, moon, 0]]));
  picture.circle(520, 118, 74, moon);
}

function hills(picture, far, near) {
  picture.path(FAR, picture.linear([[0, far, 0.85], [1, far, 0.2]]));
  picture.path(NEAR, picture.linear([[0, near, 0.95], [1, near, 0.55]]));
}

function terraces(picture, color) {
  for (let i = 0; i < 7; i += 1) {
    const y = 262 + i * 13;
    picture.line(`M0 ${y + 30} C120 ${y + 26} 170 ${y - 14} 260 ${y - 12} C360 ${y - 10} 420 ${y + 24} 520 ${y - 4} C600 ${y - 26} 660 ${y - 12} 700 ${y - 6}`, color, 2.4, `opacity="${r1(0.28 + i * 0.05)}"`);
  }
}

function stars(picture, count) {
  const rand = seeded(11);
  for (let i = 0; i < count; i += 1) picture.circle(r1(rand() * 700), r1(rand() * 150), r1(0.8 + rand() * 1.6), '#f8e9c2', `opacity="${r1(0.3 + rand() * 0.5)}"`);
}

const spring = (p) => {
  sky(p, ['#e8f1d8', '#9cc08a'], '#fdfbe6');
  hills(p, '#6fa06c', '#3b7a55');
  terraces(p, '#cfe6b4');
  p.at({ x: 372, y: 24, scale: 0.56 }, () => tin(p, { color: '#1d5a43', lid: '#174a37', ink: '#1d4a38', name: '明前龙井' }));
  p.at({ x: 282, y: 122, scale: 0.4 }, () => tin(p, { color: '#8fae6d', lid: '#7a9a5a', ink: '#38512a', name: '碧螺春', rx: 92 }));
};

const hearth = (p) => {
  sky(p, ['#3a1c14', '#8a4426'], '#f7d9a0');
  hills(p, '#6b2f1c', '#4a2014');
  p.at({ x: 304, y: 8, scale: 0.62 }, () => teapot(p, {}));
  p.at({ x: 296, y: 242, scale: 0.42 }, () => cup(p, { x: 0, y: 0, glaze: ['#fdf6ea', '#e6d3b8', '#b08d68'] }));
};

const moonlit = (p) => {
  sky(p, ['#0d2c25', '#2a6352'], '#f6e3b4');
  stars(p, 46);
  hills(p, '#1b4d40', '#0c2c25');
  p.at({ x: 314, y: 42, scale: 0.56 }, () => box(p, { color: '#b23a26', dark: '#74210f', name: '山月礼', w: 320, h: 226 }));
  p.at({ x: 262, y: 92, scale: 0.44 }, () => cake(p, { paper: '#f6ead0', edge: '#c7a66a', ink: '#4a2613', name: '老白茶', seed: 7 }));
};

/** Night hills behind the profile and the inspector. */
const night = (p) => {
  p.rect(0, 0, 750, 520, p.linear([[0, '#0c2b24'], [0.6, '#184a3d'], [1, '#226050']], [0, 0, 0.5, 1]));
  p.circle(214, 122, 170, p.radial([[0, '#f4e1b2', 0.34], [0.5, '#f4e1b2', 0.1], [1, '#f4e1b2', 0]]));
  p.circle(214, 118, 34, p.radial([[0, '#fdf3d6'], [1, '#ecd296']], [0.4, 0.35, 0.7]));
  p.path('M0 330 C90 310 130 232 210 226 C280 222 320 290 400 286 C490 282 540 196 630 200 C690 204 720 240 750 250 V520 H0Z', '#2d7361', 'opacity="0.32"');
  p.path('M0 404 C80 396 150 330 240 332 C330 334 380 396 470 388 C560 380 620 318 690 322 C720 324 740 334 750 338 V520 H0Z', '#0d2f27', 'opacity="0.42"');
};

const logo = (p) => {
  p.circle(120, 120, 120, p.linear([[0, '#1f5c4a'], [1, '#0e3328']], [0, 0, 1, 1]));
  mark(p, { x: 120, y: 120, scale: 1.5, color: gold(p) });
};

const wordmark = (p) => {
  mark(p, { x: 38, y: 38, scale: 0.72, color: '#f3dfae' });
  p.text('山月茶事', { x: 88, y: 58, size: 56, gap: 1, fill: '#fdf6e3', anchor: 'start' });
};

function face(picture, { bg, hair, cloth, long }) {
  picture.rect(0, 0, 160, 160, picture.linear([[0, bg[0]], [1, bg[1]]]));
  if (long) picture.path('M42 74 C42 34 64 24 80 24 C98 24 118 34 118 74 L122 122 H38Z', hair);
  picture.path('M22 160 C24 128 50 116 80 116 C110 116 136 128 138 160Z', cloth);
  picture.path('M66 96 H94 V122 Q80 134 66 122Z', '#f1c7a3');
  picture.ellipse(80, 78, 32, 36, '#f9d8b8');
  picture.path(long ? 'M46 76 C46 40 62 32 82 32 C104 32 114 44 114 76 C106 68 98 58 94 50 C82 62 62 66 46 76Z' : 'M46 72 C42 42 58 28 82 28 C106 28 118 44 114 72 C110 62 106 56 102 54 C86 58 66 58 56 52 C50 58 48 64 46 72Z', hair);
  picture.circle(69, 82, 3.2, '#3b2a20').circle(92, 82, 3.2, '#3b2a20');
  picture.line('M71 97 Q80 104 90 97', '#b5654a', 3);
  picture.circle(61, 91, 5, '#f2a98d', 'opacity="0.5"').circle(100, 91, 5, '#f2a98d', 'opacity="0.5"');
}

const guest = (p) => {
  p.rect(0, 0, 160, 160, p.linear([[0, '#e9efe9'], [1, '#cddbd3']]));
  p.circle(80, 66, 30, '#9db5a8').path('M22 160 C26 118 54 106 80 106 C106 106 134 118 138 160Z', '#9db5a8');
};

const emptyBase = (p) => {
  p.ellipse(200, 268, 150, 16, '#e6e5dd');
  p.circle(268, 92, 46, '#f2e7c9').circle(268, 92, 64, '#f2e7c9', 'opacity="0.4"');
  p.path('M40 250 C80 240 100 190 140 186 C180 184 190 228 230 226 C270 224 290 176 330 178 C346 180 356 190 364 200 V262 H40Z', '#dfe8dd', 'opacity="0.8"');
};

const emptyCart = (p) => {
  emptyBase(p);
  p.at({ x: 200, y: 168, scale: 0.72 }, () => cup(p, { x: 0, y: 0, glaze: ['#ffffff', '#dbe7df', '#a3bdb0'], tea: ['#f7f4ea', '#e6e2d3'] }));
};

const emptySearch = (p) => {
  emptyBase(p);
  p.circle(190, 164, 62, '#ffffff', 'stroke="#3f7a66" stroke-width="11"').line('M236 210 L276 250', '#3f7a66', 16);
  p.path('M160 190 C152 150 186 130 224 138 C226 176 200 200 160 190Z', '#8fb79f').line('M164 188 Q188 168 212 148', '#ffffff', 4);
};

const emptyOrders = (p) => {
  emptyBase(p);
  shadow(p, 200, 262, 96, 14);
  p.rect(132, 108, 136, 152, '#ffffff', 'rx="14" stroke="#cfdcd4" stroke-width="3"').rect(164, 94, 72, 30, gold(p), 'rx="10"');
  for (let i = 0; i < 4; i += 1) p.rect(156, 150 + i * 24, i % 2 ? 56 : 88, 9, '#d9e5de', 'rx="4.5"');
};

const offline = (p) => {
  emptyBase(p);
  p.path('M128 226 C92 226 86 178 122 170 C124 126 188 112 208 150 C240 136 274 162 262 190 C292 196 288 226 262 226Z', '#ffffff', 'stroke="#b9cdc2" stroke-width="4"');
  p.line('M176 176 L218 214 M218 176 L176 214', '#c0452c', 8);
};

const wide = (draw) => ({ width: 700, height: 340, draw });
const small = (draw) => ({ width: 160, height: 160, draw });
const empty = (draw) => ({ width: 400, height: 300, draw });

export const SCENES = {
  'banner-spring': wide(spring),
  'banner-hearth': wide(hearth),
  'banner-moon': wide(moonlit),
  night: { width: 750, height: 520, draw: night },
  logo: { width: 240, height: 240, draw: logo },
  wordmark: { width: 330, height: 76, draw: wordmark },
  'face-xiaoman': small((p) => face(p, { bg: ['#fbe3cf', '#f4c3a4'], hair: '#3a2a26', cloth: '#2d6b57', long: true })),
  'face-yuan': small((p) => face(p, { bg: ['#dcebe4', '#b0d0c2'], hair: '#2c2724', cloth: '#d9b06a', long: false })),
  'face-zhiqiu': small((p) => face(p, { bg: ['#f6ebcc', '#e8cf93'], hair: '#5a3a28', cloth: '#a4452c', long: true })),
  'face-guest': small(guest),
  'empty-cart': empty(emptyCart),
  'empty-search': empty(emptySearch),
  'empty-orders': empty(emptyOrders),
  'empty-offline': empty(offline),
};

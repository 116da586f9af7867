// What stands behind the goods: a moon, two ridges, a table. The shop is called "mountain and moon".

/** Paper tints: [sky top, sky bottom, ridge, moon]. */
export const TINTS = {
  green: ['#eef3e6', '#d3e0c8', '#86a783', '#fdfdf3'],
  white: ['#f6f1e6', '#e4dac6', '#b8a688', '#fffdf6'],
  oolong: ['#e9f0ee', '#c7d9d6', '#6f9a97', '#f9fdfb'],
  black: ['#fbeee6', '#efd2c2', '#c98f77', '#fff9f2'],
  puer: ['#f4ebe1', '#dcc6b1', '#a17d5f', '#fff8ee'],
  flower: ['#f4f2ea', '#dfe3d2', '#a6b391', '#fffef8'],
  ware: ['#eceff0', '#cfd8da', '#8ea1a6', '#fbfdfd'],
  gift: ['#f8eedd', '#ecd3a8', '#c89d5c', '#fffaee'],
  night: ['#12352d', '#1d4b40', '#0d2a23', '#f4e4bd'],
};

function ridge(picture, d, color, opacity) {
  const fill = picture.linear([[0, color, opacity], [1, color, 0]]);
  picture.path(d, fill);
}

/** The square backdrop of a product picture. */
export function backdrop(picture, tint) {
  const [top, bottom, hill, moon] = TINTS[tint];
  picture.rect(0, 0, 600, 600, picture.linear([[0, top], [1, bottom]]));
  picture.circle(430, 176, 150, picture.radial([[0, moon, 0.75], [0.62, moon, 0.28], [1, moon, 0]]));
  picture.circle(430, 176, 84, moon, 'opacity="0.92"');
  ridge(picture, 'M0 392 C60 372 92 318 148 300 C190 288 214 340 262 352 C322 366 356 286 418 270 C478 256 520 330 600 322 V520 H0Z', hill, 0.34);
  ridge(picture, 'M0 440 C70 430 110 392 176 388 C244 384 280 436 352 430 C430 424 470 376 536 378 C566 380 584 392 600 398 V540 H0Z', hill, 0.42);
  picture.rect(0, 470, 600, 130, picture.linear([[0, '#ffffff', 0], [0.12, '#ffffff', 0.34], [1, '#ffffff', 0.05]]));
}

/** A soft contact shadow. */
export function shadow(picture, cx, cy, rx, ry) {
  picture.ellipse(cx, cy, rx, ry, picture.radial([[0, '#1d241f', 0.42], [0.55, '#1d241f', 0.2], [1, '#1d241f', 0]]));
}

/** Three rising wisps of steam. */
export function steam(picture, cx, y, height, color = '#ffffff') {
  const wisp = (x, h, width, opacity) => picture.line(
    `M${x} ${y} C${x - 22} ${y - h * 0.3} ${x + 24} ${y - h * 0.55} ${x - 4} ${y - h}`, color, width, `opacity="${opacity}"`);
  wisp(cx - 26, height * 0.72, 6, 0.5);
  wisp(cx + 2, height, 8, 0.62);
  wisp(cx + 30, height * 0.66, 6, 0.42);
}

/** The shop's mark: a moon over two ridges, drawn in a circle of radius 50. */
export function mark(picture, { x, y, scale = 1, color, opacity = 1 }) {
  picture.at({ x, y, scale, opacity }, () => {
    picture.add(`<circle cx="0" cy="0" r="47" fill="none" stroke="${color}" stroke-width="4"/>`);
    picture.circle(13, -14, 12.5, color);
    picture.path('M-38 22 C-28 14 -20 -6 -10 -9 C-2 -10 4 8 12 10 C18 11 22 4 28 5 C33 6 37 12 39.5 17 C31 33 16 41 0 41 C-16 41 -30 34 -38 22Z', color);
  });
}

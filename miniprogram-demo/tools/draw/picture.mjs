// A drawing under construction: shapes in order, gradients on the side, text as outlines.
// The mini-program `image` component takes neither <style> nor percentages in an SVG, so neither is used.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import opentype from 'opentype.js';

const require = createRequire(import.meta.url);
const FONTS = {
  brush: '@fontsource/ma-shan-zheng/files/ma-shan-zheng-chinese-simplified-400-normal.woff',
};
const loaded = {};

function font(name) {
  if (!loaded[name]) {
    const file = readFileSync(require.resolve(FONTS[name]));
    loaded[name] = opentype.parse(file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength));
  }
  return loaded[name];
}

/** Rounds a coordinate to a tenth, which no eye can tell. */
export const r1 = (n) => Math.round(n * 10) / 10;

/** Path data of a glyph. (The library's own writer loses the blank before a rounded "-0".) */
const outline = (commands) => commands.map(({ type, x1, y1, x2, y2, x, y }) => {
  const numbers = [x1, y1, x2, y2, x, y].filter((n) => n !== undefined).map((n) => r1(n) + 0);
  return type + numbers.join(' ');
}).join('').replace(/ -/g, '-');

/** A small seeded generator, so that a redraw changes nothing by chance. */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

export class Picture {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.defs = [];
    this.body = [];
  }

  /** Adds raw shapes. */
  add(...shapes) {
    this.body.push(...shapes);
    return this;
  }

  /** Draws inside a moved and scaled group. */
  at({ x = 0, y = 0, scale = 1, opacity = 1 }, draw) {
    this.add(`<g transform="translate(${x} ${y}) scale(${scale})"${opacity < 1 ? ` opacity="${opacity}"` : ''}>`);
    draw(this);
    return this.add('</g>');
  }

  /** A linear gradient from `from` to `to` (shares of the shape's box). Stops: [offset, colour, opacity?]. */
  linear(stops, [x1, y1, x2, y2] = [0, 0, 0, 1]) {
    return this.gradient('linearGradient', `x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"`, stops);
  }

  radial(stops, [cx, cy, r] = [0.5, 0.5, 0.5]) {
    return this.gradient('radialGradient', `cx="${cx}" cy="${cy}" r="${r}"`, stops);
  }

  gradient(kind, box, stops) {
    const inner = stops.map(([offset, color, opacity]) => {
      const alpha = opacity === undefined ? '' : ` stop-opacity="${opacity}"`;
      return `<stop offset="${offset}" stop-color="${color}"${alpha}/>`;
    }).join('');
    const same = this.defs.findIndex((d) => d.kind === kind && d.box === box && d.inner === inner);
    const index = same >= 0 ? same : this.defs.push({ kind, box, inner }) - 1;
    return `url(#g${index})`;
  }

  path(d, fill, extra = '') {
    return this.add(`<path d="${d}" fill="${fill}"${extra && ' ' + extra}/>`);
  }

  line(d, stroke, width, extra = '') {
    return this.path(d, 'none', `stroke="${stroke}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round" ${extra}`.trim());
  }

  circle(cx, cy, radius, fill, extra = '') {
    return this.add(`<circle cx="${cx}" cy="${cy}" r="${radius}" fill="${fill}"${extra && ' ' + extra}/>`);
  }

  ellipse(cx, cy, rx, ry, fill, extra = '') {
    return this.add(`<ellipse cx="${cx}" cy="${cy}" rx="${rx}" ry="${ry}" fill="${fill}"${extra && ' ' + extra}/>`);
  }

  rect(x, y, width, height, fill, extra = '') {
    return this.add(`<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"${extra && ' ' + extra}/>`);
  }

  /** Text as outlines: phones have no brush face for Chinese. */
  text(text, { x, y, size, fill, face = 'brush', vertical = false, gap = 0, anchor = 'middle', opacity = 1 }) {
    const step = size + gap;
    const glyphs = [...text].map((char, i) => {
      const shift = anchor === 'middle' && !vertical ? (step * (text.length - 1) + size) / 2 : vertical ? size / 2 : 0;
      const left = vertical ? x - shift : x - shift + i * step;
      const base = vertical ? y + i * step + size * 0.88 : y;
      return outline(font(face).getPath(char, left, base, size).commands);
    });
    return this.path(glyphs.join(''), fill, opacity < 1 ? `opacity="${opacity}"` : '');
  }

  toString() {
    const defs = this.defs.map((d, i) => `<${d.kind} id="g${i}" ${d.box}>${d.inner}</${d.kind}>`).join('');
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${this.width}" height="${this.height}" viewBox="0 0 ${this.width} ${this.height}">`
      + `${defs && `<defs>${defs}</defs>`}${this.body.join('')}</svg>\n`;
  }
}

const paths = require('./paths');

/** An icon as an SVG data address: outlines in `color`, the areas behind them in `tint`. */
function draw({ name, color, tint, weight }) {
  const { fill, tint: area, stroke } = paths[name];
  const shape = (d, attributes) => (d ? `<path d="${d}" ${attributes}/>` : '');
  const body = shape(area, `fill="${tint || 'none'}"`) + shape(fill, `fill="${color}" fill-rule="evenodd"`)
    + shape(stroke, `fill="none" stroke="${color}" stroke-width="${weight}" stroke-linecap="round" stroke-linejoin="round"`);
  return `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">${body}</svg>`)}`;
}

Component({
  options: { virtualHost: true },
  properties: {
    name: String,
    size: { type: Number, value: 40 },
    color: { type: String, value: '#1d2622' },
    tint: String,
    weight: { type: Number, value: 1.7 },
  },
  data: { src: '' },
  observers: {
    'name, color, tint, weight'(name, color, tint, weight) {
      if (paths[name]) this.setData({ src: draw({ name, color, tint, weight }) });
    },
  },
});

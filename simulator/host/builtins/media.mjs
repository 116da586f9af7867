// image, canvas, rich-text, progress.
import { joinPath } from '../loader.mjs';
import { emit, reflect } from './define.mjs';

const FITS = { scaleToFill: 'fill', aspectFit: 'contain', aspectFill: 'cover' };
const POSITIONS = ['top', 'bottom', 'center', 'left', 'right', 'top left', 'top right', 'bottom left', 'bottom right'];
const NODES = new Set([
  'a', 'abbr', 'b', 'blockquote', 'br', 'code', 'dd', 'del', 'div', 'dl', 'dt', 'em', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'i', 'img',
  'ins', 'li', 'ol', 'p', 'q', 'small', 'span', 'strong', 'sub', 'sup', 'table', 'tbody', 'td', 'tfoot', 'th', 'thead', 'tr', 'u', 'ul',
]);
const ATTRIBUTES = new Set(['class', 'style', 'src', 'alt', 'width', 'height', 'colspan', 'rowspan', 'start', 'type']);

/** Address of a file of the package, from the component that names it. */
function packageAddress(component, source) {
  if (/^(https?:|data:|blob:|wxfile:)/.test(source)) return source;
  const owner = component.ownerShadowRoot?.getHostNode().is ?? '';
  return joinPath(owner, source);
}

function drawImage(component) {
  const { image, data } = component;
  if (!image) return;
  image.style.objectFit = FITS[data.mode] ?? 'none';
  image.style.objectPosition = POSITIONS.includes(data.mode) ? data.mode : '';
  reflect(component, 'mode', data.mode);
  const address = data.src ? packageAddress(component, data.src) : '';
  if (image.getAttribute('src') === address) return;
  if (address) image.setAttribute('src', address);
  else image.removeAttribute('src');
}

const image = {
  properties: {
    src: String, mode: { type: String, value: 'scaleToFill' }, lazyLoad: Boolean, webp: Boolean, fadeIn: Boolean, showMenuByLongpress: Boolean,
  },
  observers: { 'src, mode': function draw() { drawImage(this); } },
  attached() {
    this.image = Object.assign(document.createElement('img'), { draggable: false, alt: '' });
    this.image.addEventListener('load', () => emit(this, 'load', { width: this.image.naturalWidth, height: this.image.naturalHeight }));
    this.image.addEventListener('error', () => emit(this, 'error', { errMsg: `GET ${this.data.src} failed` }));
    this.$$.appendChild(this.image);
    drawImage(this);
  },
};

/** WeChat's additions to a canvas node. */
function extendCanvas(canvas, phone) {
  return Object.assign(canvas, {
    createImage: () => document.createElement('img'),
    requestAnimationFrame: (callback) => requestAnimationFrame((time) => phone.gate.run(() => callback(time))),
    cancelAnimationFrame: (id) => cancelAnimationFrame(id),
  });
}

const canvas = (phone) => ({
  properties: { type: String, canvasId: String, disableScroll: Boolean },
  attached() {
    if (this.data.type !== '2d') throw new Error('<canvas> without type="2d" is not implemented by the simulator');
    this.canvasNode = extendCanvas(document.createElement('canvas'), phone);
    this.$$.appendChild(this.canvasNode);
  },
});

/** Copies trusted elements and attributes from parsed HTML. */
function fromHtml(source) {
  if (source.nodeType === Node.TEXT_NODE) return document.createTextNode(source.data);
  if (source.nodeType !== Node.ELEMENT_NODE || !NODES.has(source.localName)) return null;
  const attrs = Object.fromEntries([...source.attributes].map(({ name, value }) => [name, value]));
  return element(source.localName, attrs, [...source.childNodes].map(fromHtml));
}

/** Builds from rich-text's own node lists. */
function fromNode(node) {
  if (node.type === 'text') return document.createTextNode(node.text);
  if (!NODES.has(node.name)) return null;
  return element(node.name, node.attrs ?? {}, (node.children ?? []).map(fromNode));
}

function element(name, attrs, children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attrs)) if (ATTRIBUTES.has(key)) made.setAttribute(key, value);
  made.append(...children.filter(Boolean));
  return made;
}

const richText = {
  properties: { nodes: null, space: String },
  observers: {
    nodes(value) {
      const children = Array.isArray(value)
        ? value.map(fromNode)
        : [...new DOMParser().parseFromString(String(value ?? ''), 'text/html').body.childNodes].map(fromHtml);
      this.$$.replaceChildren(...children.filter(Boolean));
    },
  },
};

const progress = {
  properties: {
    percent: Number, strokeWidth: { type: Number, value: 6 },
    activeColor: { type: String, value: '#09BB07' }, backgroundColor: { type: String, value: '#EBEBEB' },
  },
  observers: {
    'percent, activeColor, backgroundColor, strokeWidth': function draw(percent, active, background, width) {
      this.$$.style.height = `${width}px`;
      this.$$.style.background = `linear-gradient(${active}, ${active}) 0 0 / ${percent}% 100% no-repeat ${background}`;
    },
  },
};

/** Definitions by tag. */
export const mediaBuiltins = (phone) => ({ image, 'cover-image': image, canvas: canvas(phone), 'rich-text': richText, progress });

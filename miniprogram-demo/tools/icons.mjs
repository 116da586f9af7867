// Takes the shop's icons from tdesign-icons-svg (MIT) into components/icon/paths.js.
// Each becomes {fill, stroke}: the fill parts carry the tint of the two-tone icons.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const ICONS = [
  'home', 'cart', 'search', 'user', 'heart', 'heart-filled', 'chevron-right', 'chevron-left', 'chevron-down', 'close', 'check',
  'add', 'minus', 'delete', 'edit', 'time', 'history', 'location', 'gift', 'tea', 'teahouse', 'service', 'secured', 'vehicle',
  'setting', 'refresh', 'calendar', 'chart-bar', 'wifi', 'wifi-off', 'user-add', 'swap', 'info-circle', 'star', 'star-filled',
  'creditcard', 'shop', 'lock-on', 'data-base', 'file-paste', 'notification', 'cloud-upload', 'arrow-right', 'delete-time', 'thumb-up',
  'sunny', 'moon', 'undertake-delivery', 'rotate', 'mobile', 'browse', 'chart-line', 'flag', 'share', 'logout', 'tree-round-dot',
];

function read(name) {
  const svg = readFileSync(require.resolve(`tdesign-icons-svg/src/${name}.svg`), 'utf8');
  const parts = { fill: [], tint: [], stroke: [] };
  for (const [, attributes] of svg.matchAll(/<path ([^>]*)>/g)) {
    const get = (key) => (new RegExp(`(?:^| )${key}="([^"]*)"`).exec(attributes) || [])[1];
    if (get('stroke')) parts.stroke.push(get('d'));
    else parts[get('fill') === 'transparent' ? 'tint' : 'fill'].push(get('d'));
  }
  return Object.fromEntries(Object.entries(parts).filter(([, list]) => list.length).map(([key, list]) => [key, list.join('')]));
}

const lines = [];
for (const name of ICONS) {
  try {
    lines.push(`  ${/-/.test(name) ? `'${name}'` : name}: ${JSON.stringify(read(name)).replace(/"(\w+)":/g, '$1: ').replace(/"/g, "'").replace(/',/g, "', ").replace(/^\{/, '{ ').replace(/\}$/, ' }')},`);
  } catch (error) {
    console.error(`no icon ${name}: ${error.code || error.message}`);
    process.exitCode = 1;
  }
}
const head = '// Made by tools/icons.mjs from tdesign-icons-svg 0.4.0 (MIT, see NOTICE.md). Paths of a 24 by 24 grid.\n';
writeFileSync(new URL('../components/icon/paths.js', import.meta.url), `${head}module.exports = {\n${lines.join('\n')}\n};\n`);

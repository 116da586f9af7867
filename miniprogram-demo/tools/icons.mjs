// Takes the shop's icons from tdesign-icons-svg (MIT) into components/icon/paths.js.
// Each becomes {fill, stroke}: the fill parts carry the tint of the two-tone icons.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const ICONS = [
  'add', 'cake', 'calendar-1', 'cart', 'chart-bar', 'check', 'chevron-left', 'chevron-right', 'close', 'cloud-upload', 'coupon', 'cut',
  'delete', 'delete-time', 'discount', 'fingerprint', 'gift', 'heart', 'heart-filled', 'history', 'home', 'info-circle', 'link',
  'location', 'lock-on', 'minus', 'mobile', 'money', 'refresh', 'rollback', 'search', 'secured', 'service', 'share', 'shop',
  'snowflake', 'star-filled', 'sunny', 'swap', 'tea', 'ticket', 'time', 'user-vip', 'usergroup-add', 'vehicle', 'verified', 'wallet',
  'wifi', 'wifi-off',
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

/** One line of the table, as a JavaScript property. */
function line(name) {
  const key = /-/.test(name) ? `'${name}'` : name;
  const parts = Object.entries(read(name)).map(([part, d]) => `${part}: '${d}'`);
  return `  ${key}: { ${parts.join(', ')} },\n`;
}

const head = '// Made by tools/icons.mjs from tdesign-icons-svg 0.4.0 (MIT, see NOTICE.md). Paths of a 24 by 24 grid.\n';
writeFileSync(new URL('../components/icon/paths.js', import.meta.url), `${head}module.exports = {\n${ICONS.map(line).join('')}};\n`);

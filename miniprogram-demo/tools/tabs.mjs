// Renders the tab bar's pictures (WeChat takes PNG only there) with a local Chromium; CHROME names another one.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const BRAND = '#17503f';
const GREY = '#98a19c';
const SHAPES = {
  home: ['M8 30 L32 9 L56 30 V55 H8Z', 'M24 55 V38 H40 V55', 'M24 38 H40 V55 H24Z'],
  category: ['M10 10 H29 V29 H10Z M10 35 H29 V54 H10Z M35 35 H54 V54 H35Z', 'M44.5 8 L56 19.5 L44.5 31 L33 19.5Z', 'M44.5 8 L56 19.5 L44.5 31 L33 19.5Z'],
  cart: ['M11 24 H53 L49 55 H15Z', 'M22 24 V18 A10 10 0 0 1 42 18 V24', 'M24 36 A8 8 0 0 0 40 36'],
  me: ['M8 57 C9 43 20 38 32 38 C44 38 55 43 56 57Z', 'M32 8 A12 12 0 1 1 31.9 8Z', ''],
};

const svg = ([body, detail, hole], on) => {
  const color = on ? BRAND : GREY;
  const line = `fill="none" stroke="${color}" stroke-width="4.4" stroke-linejoin="round" stroke-linecap="round"`;
  const inner = on
    ? `<path d="${body}" fill="${color}" stroke="${color}" stroke-width="4.4" stroke-linejoin="round"/><path d="${detail}" ${detail.endsWith('Z') ? `fill="${detail === hole ? '#d9b06a' : color}"` : line}/>${hole && detail !== hole ? `<path d="${hole}" fill="none" stroke="#e8cb8f" stroke-width="4.4" stroke-linecap="round"/>` : ''}`
    : `<path d="${body}" ${line}/><path d="${detail}" ${line}/>${hole && detail !== hole && !hole.endsWith('Z') ? `<path d="${hole}" ${line}/>` : ''}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="81" height="81" viewBox="-4 -4 72 72">${inner}</svg>`;
};

const browser = await chromium.launch({ executablePath: process.env.CHROME || '/usr/bin/chromium', args: ['--headless', '--no-sandbox', '--disable-gpu'] });
const page = await browser.newPage({ viewport: { width: 81, height: 81 } });
const out = new URL('../assets/tab/', import.meta.url);
mkdirSync(out, { recursive: true });
for (const [name, shape] of Object.entries(SHAPES)) {
  for (const on of [false, true]) {
    await page.setContent(`<body style="margin:0">${svg(shape, on)}</body>`);
    await page.screenshot({ path: fileURLToPath(new URL(`${name}${on ? '-on' : ''}.png`, out)), omitBackground: true });
  }
}
await browser.close();

// Cuts Barlow (OFL-1.1, see NOTICE.md) to digits, capitals and money signs: styles/numerals.wxss.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import subsetFont from 'subset-font';

const require = createRequire(import.meta.url);
const CHARACTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ¥.,:+-−/%×· ';
const faces = [];
for (const weight of [500, 600]) {
  const source = readFileSync(require.resolve(`@fontsource/barlow/files/barlow-latin-${weight}-normal.woff2`));
  const cut = await subsetFont(source, CHARACTERS, { targetFormat: 'woff2' });
  faces.push(`@font-face { font-family: 'Numerals'; font-weight: ${weight}; src: url('data:font/woff2;base64,${cut.toString('base64')}') format('woff2'); }`);
}
const head = '/* Made by tools/font.mjs: Barlow 500 and 600, cut to digits and capitals. SIL Open Font License 1.1, see NOTICE.md. */\n';
writeFileSync(new URL('../styles/numerals.wxss', import.meta.url), `${head}${faces.join('\n')}\n`);

/** Bundles the package: run at the repository root, after the wasm modules have been built into pkg/wasm. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import * as esbuild from 'esbuild';
import { asCommonJs } from './commonjs.mjs';
import { fallbackModule } from './fallback.mjs';
import { glueFactory } from './glue.mjs';
import { withOwnUtf8, withoutCachedView, withoutFinalizer } from './trim.mjs';

const inRoot = (path) => join(process.cwd(), path);

/** Members that only the package itself uses, and of the glue those that are no import of the module. */
const PRIVATE = /^_[a-z]|^__wbg_ptr$|^__destroy_into_raw$/;

/** Runtimes before ES2018, without TextDecoder and TextEncoder. Every byte counts: private members get short names. */
const MINI_PROGRAM = { format: 'esm', platform: 'neutral', target: 'es2017', minify: true, mangleProps: PRIVATE };
/** Bundlers take `import.meta` from any target: it's how a file names its neighbours. */
const BUNDLER = { format: 'esm', platform: 'neutral', target: 'es2017', supported: { 'import-meta': true } };
/** `require` gives the default export itself. */
const ONE_FUNCTION = { ...MINI_PROGRAM, format: 'cjs', footer: { js: 'module.exports=module.exports.default;' } };
/** With the notice of the cipher's authors. */
const WITH_NOTICES = { ...ONE_FUNCTION, legalComments: 'inline' };
const NODE = { format: 'cjs', platform: 'node', target: 'node18' };

/** What `#glue` and `#fallback` mean differs by bundle; every file's sources stand in pkg/src. */
const BUNDLES = [
  { entry: 'entry-miniprogram.js', output: 'pkg/dist/miniprogram/index.js', kind: MINI_PROGRAM, glue: 'glue.mjs' },
  { entry: 'entry-esm.js', output: 'pkg/dist/esm/index.mjs', kind: BUNDLER, glue: 'glue.mjs' },
  { entry: 'entry-node.js', output: 'pkg/dist/node/index.cjs', kind: NODE, glue: 'glue-node.mjs' },
  { entry: 'entry-server.js', output: 'pkg/dist/node/server.cjs', kind: NODE, glue: 'server/glue-node.mjs' },
  { entry: 'entry-decrypt.js', output: 'pkg/decrypt/dist/index.js', kind: WITH_NOTICES, glue: 'glue.mjs' },
  { entry: 'entry-fallback.js', output: 'pkg/fallback/dist/index.js', kind: ONE_FUNCTION, glue: 'glue.mjs' },
];

const COPIES = [
  ['pkg/wasm/huitou_bg.wasm', 'pkg/dist/esm/huitou.wasm'],
  ['pkg/wasm/huitou_bg.wasm', 'pkg/dist/node/huitou.wasm'],
  ['pkg/wasm/server/huitou_bg.wasm', 'pkg/dist/node/huitou-server.wasm'],
  ['pkg/index.d.ts', 'pkg/dist/miniprogram/index.d.ts'],
];

async function generateGlue() {
  const phone = withoutFinalizer(readFileSync(inRoot('pkg/wasm/huitou_bg.js'), 'utf8'));
  const server = withoutFinalizer(readFileSync(inRoot('pkg/wasm/server/huitou_bg.js'), 'utf8'));
  writeFileSync(inRoot('pkg/wasm/glue.mjs'), await glueFactory(withOwnUtf8(withoutCachedView(phone)), [inRoot('pkg/src/utf8.js')]));
  writeFileSync(inRoot('pkg/wasm/glue-node.mjs'), await glueFactory(phone, []));
  writeFileSync(inRoot('pkg/wasm/server/glue-node.mjs'), await glueFactory(server, []));
}

function generateFallback() {
  const plain = inRoot('pkg/wasm/wasm2js.js');
  const tool = inRoot('node_modules/binaryen/bin/wasm2js');
  const flags = ['-O', '--enable-mutable-globals', '-o', plain];
  execFileSync(process.execPath, [tool, inRoot('pkg/wasm/huitou_bg.wasm'), ...flags]);
  writeFileSync(inRoot('pkg/wasm/fallback.js'), fallbackModule(readFileSync(plain, 'utf8')));
}

async function bundle({ entry, output, kind, glue }) {
  const { metafile } = await esbuild.build({
    legalComments: 'none',
    ...kind,
    entryPoints: [inRoot('pkg/src/' + entry)],
    outfile: inRoot(output),
    bundle: true,
    metafile: true,
    charset: 'utf8',
    logLevel: 'warning',
    alias: { '#glue': inRoot('pkg/wasm/' + glue), '#fallback': inRoot('pkg/wasm/fallback.js') },
  });
  if (kind === MINI_PROGRAM) writeFileSync(inRoot(output), asCommonJs(readFileSync(inRoot(output), 'utf8')));
  return Object.values(metafile.outputs)[0].inputs;
}

/** Bytes that each source takes in the mini-program's bundle, for `cargo xtask size`. */
function tellShares(inputs) {
  const shares = Object.entries(inputs).map(([file, { bytesInOutput }]) => [file, bytesInOutput]);
  writeFileSync(inRoot('pkg/wasm/shares.json'), JSON.stringify(Object.fromEntries(shares)));
}

function compress() {
  const bytes = readFileSync(inRoot('pkg/wasm/huitou_bg.wasm'));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(inRoot('pkg/dist/miniprogram/huitou.wasm.br'), brotliCompressSync(bytes, { params }));
}

function copy([from, to]) {
  mkdirSync(dirname(inRoot(to)), { recursive: true });
  copyFileSync(inRoot(from), inRoot(to));
}

await generateGlue();
console.log('wasm2js');
generateFallback();
for (const each of BUNDLES) {
  console.log(each.output);
  const inputs = await bundle(each);
  if (each.kind === MINI_PROGRAM) tellShares(inputs);
}
compress();
COPIES.forEach(copy);

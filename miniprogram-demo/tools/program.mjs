// Writes ../program.js from ../program.json: a mini-program cannot require JSON.
import { readFileSync, writeFileSync } from 'node:fs';

const text = readFileSync(new URL('../program.json', import.meta.url), 'utf8').trimEnd();
JSON.parse(text);
const head = '// Made from program.json by tools/program.mjs; a test keeps the two equal.\n';
writeFileSync(new URL('../program.js', import.meta.url), `${head}module.exports = ${text};\n`);

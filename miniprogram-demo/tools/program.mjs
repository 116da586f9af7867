// Writes ../program.js from ../program.json: a mini-program cannot require JSON.
import { readFileSync, writeFileSync } from 'node:fs';

const program = JSON.parse(readFileSync(new URL('../program.json', import.meta.url), 'utf8'));
const head = '// Made from program.json by tools/program.mjs; a test keeps the two equal.\n';
writeFileSync(new URL('../program.js', import.meta.url), `${head}module.exports = ${JSON.stringify(program, null, 2)};\n`);

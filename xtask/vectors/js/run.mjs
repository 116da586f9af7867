/**
 * Runs every file of a folder whose form is known on the built package: `node run.mjs FOLDER`, at the repository root.
 * Prints a line of JSON for each case, as the native runner does.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { programDifference } from './program.mjs';

const FORMS = { 'program.json': programDifference };

const folder = process.argv[2];
for (const [file, difference] of Object.entries(FORMS)) {
  const path = join(folder, file);
  const cases = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [];
  for (const [position, each] of cases.entries()) {
    console.log(JSON.stringify({ file, position, name: each.name, difference: await difference(each) }));
  }
}

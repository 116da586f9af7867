/**
 * Runs every file of a folder whose form is known on the built package: `node run.mjs FOLDER`, at the repository root.
 * Prints a line of JSON for each case, as the native runner does.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { growthbook } from './growthbook.mjs';
import { churn } from './churn.mjs';
import { insight } from './insight.mjs';
import { loyalty } from './loyalty.mjs';
import { program } from './program.mjs';
import { told } from './told.mjs';
import { tracking } from './tracking.mjs';
import { wire } from './wire.mjs';

const FORMS = {
  'program.json': program,
  'wire.json': wire,
  'tracking.json': tracking,
  'loyalty.json': loyalty,
  'loyalty-rules.json': loyalty,
  'loyalty-told.json': told,
  'journeys.json': loyalty,
  'growthbook.json': growthbook,
  'churn.json': churn,
  'insight.json': insight,
};

const folder = process.argv[2];
for (const [file, run] of Object.entries(FORMS)) {
  const path = join(folder, file);
  const outcomes = existsSync(path) ? await run(JSON.parse(readFileSync(path, 'utf8'))) : [];
  outcomes.forEach(({ name, difference, digest, skipped }, position) => {
    console.log(JSON.stringify({ file, position, name, difference, digest, skipped }));
  });
}

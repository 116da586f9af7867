// Copies of the fixture to break.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The mini-program that the simulator's tests run. */
export const FIXTURE = path.join(path.dirname(fileURLToPath(import.meta.url)), 'fixture');

/** A folder to be removed by the test that made it. */
export function temporaryFolder() {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'simulator-'));
}

/**
 * Copies the fixture and replaces some files; null removes one.
 * @returns {string} the copy's folder, a new one under `parent`
 */
export function copyFixture(parent, changes) {
  const copy = fs.mkdtempSync(path.join(parent, 'fixture-'));
  fs.cpSync(FIXTURE, copy, { recursive: true });
  for (const [file, text] of Object.entries(changes)) {
    if (text === null) fs.rmSync(path.join(copy, file));
    else fs.writeFileSync(path.join(copy, file), text);
  }
  return copy;
}

/** How much a collector takes: its own load tool against a fresh database. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { collectorProgram, startCollector } from '../replay/collector.mjs';

const PROGRAM = fileURLToPath(new URL('program.json', import.meta.url));

/** What `huitou-collector load --json` says. */
export async function collectorLoad({ clients, seconds }) {
  const folder = mkdtempSync(join(tmpdir(), 'huitou-bench-'));
  const collector = await startCollector(join(folder, 'load.sqlite'), PROGRAM);
  try {
    const flags = ['load', '--url', collector.url, '--clients', String(clients), '--seconds', String(seconds), '--json'];
    const { stdout } = await promisify(execFile)(collectorProgram(), flags);
    return JSON.parse(stdout);
  } finally {
    await collector.stop();
    rmSync(folder, { recursive: true });
  }
}

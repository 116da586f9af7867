// The real collector on a real SQLite file, read back through its own export.
import { execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');

const CARGO = process.env.CARGO || 'cargo';
const POLL_MS = 50;
const WAIT_MS_MAX = 8000;

/** Builds the collector as it is now and returns its path; HUITOU_COLLECTOR names one that is built already. */
function build() {
  const command = ['build', '--quiet', '--package', 'huitou-collector', '--message-format=json'];
  const messages = execFileSync(CARGO, command, { cwd: ROOT, maxBuffer: 1 << 28 });
  const artifacts = messages.toString().split('\n').filter(Boolean).map((line) => JSON.parse(line));
  return artifacts.find(({ executable, target }) => executable && target.name === 'huitou-collector').executable;
}

/** The address in the line that the collector prints when it listens. */
async function addressOf(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /listening on (http:\S+)/.exec(line);
    if (address) return address[1];
  }
  throw new Error('the collector ended before it listened');
}

/** A running collector. */
export class Collector {
  /** Starts one on a free port, with its database in `folder`; `flags` are more of its own. */
  static async start(folder, flags = []) {
    const collector = new Collector();
    collector.binary = process.env.HUITOU_COLLECTOR || build();
    collector.database = path.join(folder, 'collector.sqlite');
    const served = ['program', 'catalogue'].flatMap((name) => [`--${name}`, path.join(ROOT, `miniprogram-demo/${name}.json`)]);
    const command = ['serve', '--demo', '--listen', '127.0.0.1:0', '--db', collector.database, ...served, ...flags];
    collector.child = spawn(collector.binary, command, { stdio: ['ignore', 'pipe', 'ignore'] });
    collector.url = await addressOf(collector.child);
    collector.child.stdout.resume();
    return collector;
  }

  /** All lines of a table or view. */
  table(name) {
    const text = execFileSync(this.binary, ['export', '--db', this.database, '--table', name, '--format', 'ndjson']).toString();
    return text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }

  /** A page of it, as HTML. */
  async page(address) {
    const answer = await fetch(this.url + address);
    if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
    return answer.text();
  }

  /** What one device did, added up over its rows: {'add_cart': 1, …}; of one user alone when given. */
  events(device, user) {
    const counts = {};
    for (const row of this.table('event_counts')) {
      if (row.device === device && (user === undefined || row.user === user)) counts[row.event] = (counts[row.event] ?? 0) + row.count;
    }
    return counts;
  }

  /** Waits until `read()` gives something true, and returns it. */
  async until(read) {
    const end = Date.now() + WAIT_MS_MAX;
    for (;;) {
      const value = read();
      if (value) return value;
      if (Date.now() > end) throw new Error(`not in the database after ${WAIT_MS_MAX} ms: ${read}`);
      await new Promise((resolve) => { setTimeout(resolve, POLL_MS); });
    }
  }

  /** Ends it. */
  stop() {
    this.child.kill();
  }
}

// The demo shop, built and served, in a browser. Collectors are started apart.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { buildProject } from '../build/bundle.mjs';
import { createSimulatorServer, listen } from '../server.mjs';
import { temporaryFolder } from '../test/fixture.mjs';
import { launch } from './browser.mjs';
import { ROOT } from './collector.mjs';

/** What the tests of the shop share. */
export class Site {
  /** Builds the shop as it is now, with the package as it was built last. */
  static async open() {
    const site = new Site();
    site.folder = temporaryFolder();
    const out = path.join(site.folder, 'site');
    const { problems } = buildProject(path.join(ROOT, 'miniprogram-demo'), out, { huitou: path.join(ROOT, 'pkg/dist/miniprogram') });
    assert.deepEqual(problems.errors, []);
    site.server = createSimulatorServer(out);
    site.url = await listen(site.server, 0);
    site.browser = await launch();
    return site;
  }

  /** A folder of its own for a collector. */
  newFolder() {
    return fs.mkdtempSync(path.join(this.folder, 'collector-'));
  }

  /** Ends it. */
  async close() {
    await this.browser.close();
    this.server.closeAllConnections();
    this.server.close();
    fs.rmSync(this.folder, { recursive: true });
  }
}

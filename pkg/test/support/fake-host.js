/** A host whose storage and network do what a test says. */
import { memoryHost } from '../../src/host-memory.js';
import { createOpen } from '../../src/open.js';
import { FakeWorld } from './fake-core.js';

export const PROGRAM = { app: 'shop', revision: 1 };

/** Something to be resolved later, from outside. */
export function deferred() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}

/** Lets everything that is ready to run, run. */
export async function settled() {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * An opened engine over a fake core. `host` wins over the defaults; `sent` and `saved` list what went out.
 * @param {{host?: object, options?: object, world?: FakeWorld}} [setup]
 */
export function openFake({ host = {}, options = {}, world = new FakeWorld() } = {}) {
  const sent = [];
  const saved = [];
  const clock = { now: 1790000000000 };
  const base = memoryHost({
    now: () => clock.now,
    offset_min: () => 480,
    send: async (request) => {
      sent.push(request);
      return { status: 200, headers: {}, body: '{"acks":[]}' };
    },
  });
  const save = base.save;
  const saveSync = base.saveSync;
  Object.assign(base, {
    instantiate: async () => ({ instance: { exports: {} } }),
    save: (key, value) => {
      saved.push(['save', key, value]);
      return save(key, value);
    },
    saveSync: (key, value) => {
      saved.push(['saveSync', key, value]);
      return saveSync(key, value);
    },
  }, host);
  const open = createOpen(world.createGlue, () => base);
  const huitou = open(Object.assign({ program: PROGRAM, url: 'http://127.0.0.1:1' }, options));
  return { huitou, world, host: base, sent, saved, clock };
}

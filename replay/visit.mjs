/** A basket as a visit: launch, views, cart, order, hide; with crashes. */
import { dayStart } from './orders.mjs';

/** How long a person looks at each item. */
const LOOK_MS = 5000;

/** How often the app is killed in the middle of a visit, and at once after it was left. */
const CRASH_PROBABILITY = 0.15;
const FREEZE_PROBABILITY = 0.2;

/** What the app is told, in order: each step is one call. */
function stepsOf({ orderId, paidFen, categories }) {
  const shopping = categories.flatMap((category) => [
    (h) => h.page('product'),
    (h) => h.track('view_product', { category }),
    (h) => h.track('add_cart', { category, quantity: 1 }),
  ]);
  const lines = categories.map((category) => (h) => h.track('order_item', { category, quantity: 1 }));
  return [
    (h) => h.page('home'),
    ...shopping,
    (h) => h.track('checkout', { amount_fen: paidFen, lines: categories.length }),
    (h) => h.track('order', { order_id: orderId, paid_fen: paidFen, items: categories.length }),
    ...lines,
  ];
}

/** Instants of `count` steps: they end at the basket's time, on its day, and never before what was. */
function instantsOf(basket, count, earliest) {
  const start = Math.max(basket.at - basket.categories.length * LOOK_MS, dayStart(basket.at), earliest);
  const end = Math.max(basket.at, start);
  return Array.from({ length: count }, (_, index) => start + Math.floor(((end - start) * index) / count));
}

/** Waits none, some or all of the time that a step's write takes. */
async function anyMoment(random, start) {
  const moment = random.below(3);
  if (moment === 1) await Promise.resolve();
  if (moment === 2) await start.idle();
}

/**
 * Kills the app and starts it again. Resolves to `{app, lost}`: how many of the events counted before were lost. The
 * engine promises that it is never more than the last one.
 */
async function crash(phone, app) {
  const before = app.h.stats().events_today;
  await anyMoment(phone.random, app.start);
  await phone.kill(app);
  const next = await phone.launch();
  const launches = 1;
  const lost = before - (next.h.stats().events_today - launches);
  phone.figures.crashes += 1;
  phone.figures.lost_events += lost;
  if (lost < 0 || lost > 1) throw new Error(phone.user + ': a crash lost ' + lost + ' events');
  return { app: next, lost };
}

/** The day's check-in, before anything else. What was promised is there after a crash in the next instant. */
async function checkIn(phone, app) {
  if (!phone.checksIn || app.h.streak().today) return app;
  await app.h.checkIn();
  phone.figures.check_ins += 1;
  if (!phone.random.chance(CRASH_PROBABILITY)) return app;
  await phone.kill(app);
  const next = await phone.launch();
  phone.figures.claim_crashes += 1;
  if (!next.h.streak().today) throw new Error(phone.user + ': a crash lost a check-in');
  return next;
}

/** The person leaves; sometimes the system kills the app before the answer is there. */
async function leave(phone, app) {
  app.start.hide();
  if (!phone.random.chance(FREEZE_PROBABILITY)) {
    await phone.network.quiet();
    await app.start.idle();
  }
  await phone.kill(app);
  await phone.network.quiet();
}

/** One visit. A step that a crash swallowed is made again: the person sees that it did not take. */
export async function visit(phone, basket) {
  const steps = stepsOf(basket);
  const instants = instantsOf(basket, steps.length, phone.time);
  phone.time = instants[0];
  let app = await checkIn(phone, await phone.launch());
  const crashAt = phone.random.chance(CRASH_PROBABILITY) ? phone.random.below(steps.length) : -1;
  for (const [index, step] of steps.entries()) {
    phone.time = instants[index];
    step(app.h);
    if (index === crashAt) {
      const { app: next, lost } = await crash(phone, app);
      app = next;
      if (lost > 0) step(app.h);
    }
    await app.start.idle();
  }
  phone.figures.events += steps.length;
  phone.time = Math.max(phone.time, basket.at);
  await leave(phone, app);
  if (phone.random.chance(0.5)) await phone.network.deliverLate();
}

/** Asks until the server's newest is there: an answer's entries are known to it with the next request only. */
async function syncAll(h) {
  await h.sync();
  while (h.points().awaiting > 0) await h.sync();
}

/**
 * All that is left is sent, over a network without faults; on the last day, so that no day is made up. Resolves to what
 * `look` sees of the phone.
 */
export async function lastWord(phone, look) {
  phone.network.faulty = false;
  const app = await phone.launch();
  await syncAll(app.h);
  const seen = look(app.h);
  const { unsent_rows: unsent } = app.h.stats();
  await app.start.idle();
  phone.figures.stored_bytes_max = Math.max(phone.figures.stored_bytes_max, phone.storedBytes());
  await phone.kill(app);
  await phone.network.deliverLate();
  if (phone.failure !== null) throw phone.failure;
  if (unsent > 0) throw new Error(phone.user + ': ' + unsent + ' rows were never taken');
  return seen;
}

/** What happens to a phone: a day, crashes, a network that is away or lies. Each gives what one subject makes of it. */
import { Random } from '../replay/random.mjs';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const CATEGORIES = ['green', 'white', 'oolong', 'black', 'puer', 'flower', 'ware', 'gift'];

/** What the shop sells: name and price; of each category two. */
const PRODUCTS = [
  ['longjing', 12800], ['biluochun', 9800], ['yinzhen', 19800], ['shoumei', 4900], ['tieguanyin', 6800], ['dahongpao', 8800],
  ['xiaozhong', 5800], ['qimen', 4500], ['shupu', 6500], ['bingdao', 32000], ['jasmine', 3900], ['guihua', 3600],
  ['zisha', 26800], ['gaiwan', 7900], ['giftbox', 19900], ['starter', 9900],
];

/** Tracks events as a shop's visitor makes them: four props each, but for the rare ones. */
export class Visitor {
  constructor(subject, seed) {
    this._subject = subject;
    this._random = new Random(seed);
    this.sent = 0;
  }

  /** One look at a product, now and then put into the cart. */
  look() {
    const index = this._random.below(PRODUCTS.length);
    const [product, price_fen] = PRODUCTS[index];
    const props = { category: CATEGORIES[index >> 1], product, price_fen };
    if (this._random.chance(0.15)) this._track('add_cart', Object.assign(props, { quantity: 1 + this._random.below(3) }));
    else this._track('view_product', Object.assign(props, { position: this._random.below(10) }));
  }

  checkout() {
    this._track('checkout', { amount_fen: 12900 });
  }

  order() {
    this._track('order', { order_id: 'T2026112' + this.sent, paid_fen: 12900, items: 2 });
  }

  _track(name, props) {
    this.sent += 1;
    this._subject.track(name, props, this.sent);
  }
}

/** Goes to the background, is killed later, comes back, so that everything has had its chance. */
async function settle(subject) {
  const { world } = subject;
  world.setNetwork('up');
  world.hide();
  await world.advance(MINUTE_MS);
  world.kill();
  await comeBack(subject);
}

async function comeBack(subject) {
  const { world } = subject;
  await subject.start();
  await world.advance(MINUTE_MS);
  world.hide();
  await world.advance(MINUTE_MS);
  world.kill();
}

/**
 * 300 events in 6 cold starts, 2 orders, on each of two days: `first` and `next`, when the phone is known. `whole` is
 * what became of both.
 */
export async function days(create, { starts = 6 } = {}) {
  const subject = create();
  const visitor = new Visitor(subject, 'day');
  const first = await oneDay(subject, visitor, starts);
  await subject.world.advance(12 * HOUR_MS);
  const next = await oneDay(subject, visitor, starts);
  return { first, next, whole: subject.outcome(visitor.sent) };
}

async function oneDay(subject, visitor, starts) {
  const before = { ...subject.world.figures, events: visitor.sent };
  for (let start = 0; start < starts; start++) {
    await subject.start();
    const buys = start % 3 === 1;
    for (let event = 0; event < 50; event++) {
      if (buys && event === 48) visitor.checkout();
      else if (buys && event === 49) visitor.order();
      else visitor.look();
      await subject.world.advance(6 * SECOND_MS);
    }
    subject.world.hide();
    await subject.world.advance(MINUTE_MS);
    subject.world.kill();
    await subject.world.advance(2 * HOUR_MS);
  }
  const after = { ...subject.world.figures, events: visitor.sent };
  return Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]]));
}

/** Killed at random moments; how many events each crash cost. */
export async function crashes(create, { moments = 40, mode = 'up' } = {}) {
  const random = new Random('crash');
  const losses = [];
  let doubled = 0;
  for (let moment = 0; moment < moments; moment++) {
    const subject = create({ seed: 'crash' + moment });
    const visitor = new Visitor(subject, 'crash' + moment);
    await subject.start();
    subject.world.setNetwork(mode);
    await lookFor(subject, visitor, 3 * SECOND_MS + random.below(MINUTE_MS));
    subject.world.kill();
    subject.world.setNetwork('up');
    await comeBack(subject);
    const outcome = subject.outcome(visitor.sent);
    losses.push(outcome.lost);
    doubled += outcome.doubled;
  }
  return { max: Math.max(...losses), mean: losses.reduce((sum, each) => sum + each, 0) / moments, doubled };
}

/** Looks about every 2 s until the time is over, which may be right after an event. */
async function lookFor(subject, visitor, ms) {
  const random = new Random('pause' + ms);
  let left = ms;
  while (left > 0) {
    visitor.look();
    const pause = Math.min(left, 1500 + random.below(1000));
    await subject.world.advance(pause);
    left -= pause;
  }
}

/** An hour in which nothing arrives, then ten good minutes. */
export async function badHour(create, { mode, events = 900 }) {
  const subject = create();
  const visitor = new Visitor(subject, 'hour');
  await subject.start();
  subject.world.setNetwork(mode);
  for (let event = 0; event < events; event++) {
    visitor.look();
    await subject.world.advance(HOUR_MS / 900);
  }
  subject.world.setNetwork('up');
  await subject.world.advance(10 * MINUTE_MS);
  await settle(subject);
  return { ...subject.world.figures, ...subject.outcome(visitor.sent) };
}

/** Answers that take seconds: one event each 3 s, then five minutes. */
export async function slowAnswers(create, { latency, events = 60 }) {
  const subject = create();
  const visitor = new Visitor(subject, 'slow');
  await subject.start();
  subject.world.setNetwork('slow', latency);
  for (let event = 0; event < events; event++) {
    visitor.look();
    await subject.world.advance(3 * SECOND_MS);
  }
  await subject.world.advance(5 * MINUTE_MS);
  await settle(subject);
  return { ...subject.world.figures, ...subject.outcome(visitor.sent) };
}

/** Left and frozen at once, offline: only what the handler did at once is there at the next start. */
export async function freezeOnHide(create) {
  const subject = create();
  const visitor = new Visitor(subject, 'freeze');
  await subject.start();
  subject.world.setNetwork('down');
  for (let event = 0; event < 8; event++) {
    visitor.look();
    if (event < 7) await subject.world.advance(700);
  }
  subject.world.hide();
  subject.world.kill();
  subject.world.setNetwork('up');
  await comeBack(subject);
  return subject.outcome(visitor.sent);
}

/** A shop as its developer would write it. tsc checks it; `@ts-expect-error` lines are mistakes that it must catch. */
import * as huitou from 'huitou';
import type { Host, HuitouError } from 'huitou';
import instantiate = require('huitou-fallback');
import * as server from 'huitou/server';
import { decodeUpload } from 'huitou/server';

declare function login(user: string): Promise<string>;

const shop = huitou.open({
  program: {
    app: 'tea-shop',
    revision: 3,
    pages: ['home'],
    events: [{ name: 'add_cart', dimensions: [{ name: 'category', values: ['green'] }], numbers: [{ name: 'price_fen' }] }],
    flows: [{ name: 'purchase', steps: ['add_cart', 'order'], window_minutes: 1440 }],
  },
  url: 'https://api.example.com',
  consent: wx.getStorageSync('consent') || null,
  token: ({ user }) => login(user),
});

App({ ...shop.appHooks(), onLaunch() { shop.setUser('openid').catch((error: HuitouError) => console.warn(error.code)); } });

Page({
  ...shop.pageHooks('home'),
  data: { sessions: 0 },
  add() {
    shop.track('add_cart', { category: 'green', price_fen: 4900, gift: undefined });
    shop.track('order', { order_id: '1', paid_fen: 4900, items: 2 });
    shop.flow('purchase', 'add_cart');
    this.setData({ sessions: shop.stats().sessions });
  },
});

async function show(): Promise<string> {
  const { warnings, recovered } = await shop.ready;
  const stop = shop.on('sync', ({ acked, status }) => console.info(acked + status));
  shop.on('fact', (fact) => console.info(fact.kind, fact.paid_fen + 1));
  stop();
  await shop.setAttributes({ city: '深圳', vip: true, level: 3, old: null });
  await shop.consent(true);
  const { acked } = await shop.sync();
  await shop.close();
  return warnings.map((warning) => warning.path).join() + String(recovered) + acked + shop.orders()[0].day;
}
show();

async function tried(): Promise<string> {
  const stop = shop.on('exposure', ({ experiment, variation, variation_id, bucket_version, feature, at }) => {
    console.info(experiment + variation + feature, variation_id + bucket_version + at);
  });
  shop.on('features', ({ source, features }) => console.info(source === 'url', features.length));
  stop();
  const copy: string = shop.feature('buy-button', '立即购买');
  const off_fen: number = shop.feature('coupon', 500);
  const { colour } = shop.feature('look', { colour: 'red' });
  // @ts-expect-error a number is no text
  const wrong: string = shop.feature('coupon', 5);
  await shop.setAttributes({ cart: { items: ['tea'] } });
  await shop.override('buy-button', 1);
  // @ts-expect-error neither position nor key
  shop.override('buy-button', true);
  const { why, source } = shop.explain<huitou.ExplainedFeature>('buy-button');
  const variant = shop.variant('buy-button');
  return [copy, off_fen + 1, colour, wrong, why[0], source === 'force', variant === null, shop.isOn('look'), await shop.refreshFeatures()].join();
}
tried();
huitou.open({ program: '{}', experiments: { payload: { features: {} }, url: 'https://cdn.example.com', refresh_minutes: 5, compat: '0.8' } });

async function loyal(): Promise<string> {
  shop.on('awarded', ({ points, lines }) => console.info(points + lines.length, lines.map(({ reason }) => reason === 'check_in')));
  shop.on('tier', (line) => console.info(line.subject, line.reason === 'tier_down'));
  shop.on('milestone', ({ subject }) => console.info(subject));
  shop.on('expiring', ({ points, expiring }) => console.info(points, expiring[0].in_days + 1));
  shop.on('reset', ({ reason }) => console.info(reason === 'forked'));
  shop.on('refused', ({ seq, code }) => console.info(seq + 1, code === 'too_late'));
  const outcome = await shop.checkIn();
  if (!outcome.accepted) return outcome.code;
  await shop.makeUp('2026-11-21');
  await shop.earn('share');
  const { available, confirmed, awaiting, redeem } = shop.points();
  const tier = shop.tier();
  const { make_up, days } = shop.streak();
  const { discount_fen = 0 } = await shop.redeem({ points: redeem.step, orderId: '7' });
  const { prize, n } = await shop.draw('wheel');
  const won = [...(await shop.grant(3)).lines, ...(await shop.redeem({ item: 'cup' })).lines];
  const { rule, terms } = shop.explain(shop.ledger({ page: 1 }).lines[0].id);
  const { receipt, digest } = shop.proof();
  return [
    available - confirmed.available - awaiting, tier && tier.next && tier.next.needed, make_up && make_up.dates[0], days[0][1], discount_fen, prize, n + 1,
    won.length, rule, terms[0][1] + 1, receipt && receipt.digest === digest, shop.membership().until, shop.rewards().mall[0].left, shop.preview(4900).off_fen,
    shop.forecast().tier?.keep?.by, shop.refused()[0].code,
  ].join();
}
loyal();

// Another platform: one object.
const host: Host = {
  platform: 'quick-app',
  now: () => Date.now(),
  offset_min: () => 480,
  load: async (keys) => keys.map(() => null),
  save: async () => {},
  saveSync: () => {},
  remove: async () => {},
  send: async ({ body, timeout_ms }) => ({ status: 200, headers: {}, body: String((body ? body.length : 0) + timeout_ms) }),
  instantiate,
  random: async (count) => new Uint8Array(count),
  info: () => ({ platform: 'quick-app' }),
  onShow: () => {},
  onHide: (listener) => () => listener(),
  onNetwork: (listener) => listener(true),
};
huitou.open({ program: '{}', host, instantiate, format: 'json', debug: true });

const received = decodeUpload(new Uint8Array(3), (hash) => (hash === 1 ? new Uint8Array(1) : undefined));
if (received.unknown === undefined) {
  const row = (received.upload.rows || [])[0];
  console.info(row.s, row.e && row.e.add_cart.n, received.names && received.names.hash);
} else {
  console.info(received.unknown + 1);
}

// @ts-expect-error a program is needed
huitou.open({});
// @ts-expect-error the app has a name
huitou.open({ program: { revision: 1 } });
// @ts-expect-error no such format
huitou.open({ program: '{}', format: 'xml' });
// @ts-expect-error a name is text
shop.track(7);
// @ts-expect-error a prop is no object
shop.track('add_cart', { category: { name: 'green' } });
// @ts-expect-error there is no such event
shop.on('synced', () => {});
// @ts-expect-error consent is yes or no
shop.consent('yes');
// @ts-expect-error points or an item, not nothing
shop.redeem({ orderId: '7' });
// @ts-expect-error an accepted claim has no code
shop.checkIn().then((outcome) => outcome.accepted && outcome.code);
// @ts-expect-error no such stacking
huitou.open({ program: { app: 'a', revision: 1, stacking: 'most' } });
// @ts-expect-error reads are synchronous
shop.stats().then();
// @ts-expect-error a host needs more than a clock
huitou.open({ program: '{}', host: { now: () => 0 } });

const replayed = server.replay({ program: { app: 'tea-shop', revision: 1 }, entries: [{ id: '1', kind: 'check_in', at: 0, device: 'a' }] });
console.info(replayed.state.points.available + replayed.lines[0].terms.length, replayed.results['1'], replayed.actions[0].ref);
console.info(server.heads({ app: 'a', user: 'u', device: 'd', programs: [], claims: [{ kind: 'check_in', at: 0, tz: 480, rev: 1 }] })[0].length);
const proof = server.verifyExport('{}');
console.info(proof.ok ? proof.digest : proof.problem + String(proof.n));
// @ts-expect-error a claim has a time
server.heads({ app: 'a', user: 'u', device: 'd', programs: [], claims: [{ kind: 'check_in', tz: 480, rev: 1 }] });

// The demo shop over the whole spine: taps in Chromium, the package in wasm, the real collector, figures in SQLite.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { skipReason } from './browser.mjs';
import { Collector } from './collector.mjs';
import { Shopper } from './shopper.mjs';
import { Site } from './site.mjs';

const PRICE_FEN = 16800; // 安溪铁观音, standard size
const PAID_FEN = PRICE_FEN + 1200; // with postage

describe('the shop, from a tap to a row', { skip: skipReason }, () => {
  let site;
  let collector;
  let shopper;

  before(async () => {
    site = await Site.open();
    collector = await Collector.start(site.newFolder());
  });

  after(async () => {
    collector?.stop();
    await site?.close();
  });

  const open = async (options) => { shopper = await Shopper.open(site.browser, site.url, collector, options); };
  afterEach(async () => {
    assert.deepEqual(shopper.phone.errors, []);
    await shopper.close();
  });

  it('keeps and sends nothing before consent', async () => {
    await open();
    await shopper.phone.tap('#consent-refuse');
    await shopper.view('oolong', 'tieguanyin');
    await shopper.phone.control('hide');
    await shopper.phone.control('show');
    assert.deepEqual(await shopper.engineKeys(), []);
    assert.deepEqual(collector.table('rows'), []);
  });

  for (const isTouch of [false, true]) {
    it(`brings a purchase into SQLite, to the fen, by ${isTouch ? 'touch' : 'mouse'}`, async () => {
      await open({ isTouch });
      await shopper.agree();
      await shopper.view('green', 'longjing');
      await shopper.openProduct('oolong', 'tieguanyin');
      await shopper.addToCart();
      await shopper.back();
      const order_id = await shopper.buyCart();
      const device = await shopper.sync();

      const { launch: launches, page, ...acts } = collector.events(device);
      assert.equal(launches, 1);
      assert.ok(page >= 8);
      assert.deepEqual(acts, { category_tap: 1, view_product: 2, add_cart: 1, checkout: 1, order: 1, order_item: 1 });
      const mine = (table) => collector.table(table).filter((row) => row.device === device);
      const labels = Object.fromEntries(mine('label_counts').filter(({ event }) => event === 'view_product').map((row) => [row.label, row.count]));
      assert.deepEqual(labels, { green: 1, oolong: 1, longjing: 1, tieguanyin: 1 });
      const steps = mine('flow_steps').filter(({ flow }) => flow === 'purchase').map(({ step, reached }) => [step, reached]);
      assert.deepEqual(steps, [[1, 1], [2, 1], [3, 1], [4, 1]]);
      const [claimed] = mine('claimed_orders');
      assert.deepEqual([claimed.order_id, claimed.paid_fen], [order_id, PAID_FEN]);
      const fact = collector.table('facts').find((row) => row.order_id === order_id);
      assert.deepEqual([fact.kind, fact.paid_fen, fact.user], ['order_paid', PAID_FEN, 'u-1001']);
      assert.equal(mine('rows').reduce((sum, row) => sum + row.paid_fen, 0), PAID_FEN);
    });
  }

  it('shows in the laboratory what arrives, and that the order is confirmed', async () => {
    await open();
    await shopper.agree();
    await shopper.openProduct('oolong', 'tieguanyin');
    await shopper.addToCart();
    await shopper.back();
    const order_id = await shopper.buyCart();
    await shopper.sync();
    const device = await shopper.openLab();
    const { counters, orders } = await shopper.phone.data();
    const { page, launch: launches, ...arrived } = collector.events(device);
    const shown = Object.fromEntries(counters.map(({ id, n }) => [id, n]));
    for (const [event, count] of Object.entries(arrived)) assert.equal(shown[event], count, event);
    assert.deepEqual(orders, [{ id: order_id, fen: PAID_FEN, confirmed: true }]);
  });

  it('keeps what happens offline, and sends it by itself when the network returns', async () => {
    await open();
    await shopper.agree();
    await shopper.view('green', 'longjing');
    const device = await shopper.sync();
    await shopper.phone.control('offline', true);
    for (const product of ['biluochun', 'maofeng', 'longjing']) await shopper.view('green', product);
    await shopper.openLab();
    await shopper.phone.tap('#lab-sync');
    await shopper.phone.waitText('#lab-unsent', /^[1-9]/);
    assert.equal(collector.events(device).view_product, 1);
    await shopper.phone.control('offline', false);
    await collector.until(() => collector.events(device).view_product === 4);
  });

  it('loses nothing over a kill after a moment, and one event at most in the very moment', async () => {
    await open();
    await shopper.agree();
    await shopper.view('green', 'longjing');
    await shopper.view('green', 'maofeng');
    await shopper.phone.page.waitForTimeout(300);
    await shopper.phone.restart('relaunch');
    const device = await shopper.sync();
    const { launch: launches, view_product: views } = collector.events(device);
    assert.deepEqual([launches, views], [2, 2]);
    await shopper.tab('分类');
    await shopper.phone.tap('#goods-biluochun');
    await shopper.phone.restart('relaunch');
    assert.equal(await shopper.sync(), device);
    assert.ok([2, 3].includes(collector.events(device).view_product));
    assert.equal(collector.events(device).launch, 3);
  });

  it('writes at once when it is hidden, and survives being ended there', async () => {
    await open();
    await shopper.agree();
    await shopper.openProduct('green', 'longjing');
    await shopper.phone.control('hide');
    await shopper.phone.restart('relaunch');
    const device = await shopper.sync();
    const { view_product: views, hide, launch: launches } = collector.events(device);
    assert.deepEqual([views, hide, launches], [1, 1, 2]);
  });

  it('keeps accounts apart', async () => {
    await open();
    await shopper.agree();
    await shopper.view('green', 'longjing');
    await shopper.signIn('周予安');
    await shopper.view('green', 'maofeng');
    await shopper.view('green', 'maofeng');
    const device = await shopper.sync();
    assert.deepEqual(collector.events(device, 'u-1001'), {}, 'nobody sends for somebody else');
    assert.equal(collector.events(device, 'u-1002').view_product, 2);
    await shopper.signIn('林小满');
    await shopper.sync();
    assert.equal(collector.events(device, 'u-1001').view_product, 1);
    assert.equal(collector.events(device, 'u-1002').view_product, 2);
  });

  it('begins a new day after midnight', async () => {
    await open();
    await shopper.agree();
    await shopper.view('green', 'longjing');
    await shopper.openLab();
    await shopper.phone.tap('#lab-tomorrow');
    await shopper.back();
    await shopper.view('green', 'maofeng');
    const device = await shopper.sync();
    const views = collector.table('event_counts').filter((row) => row.device === device && row.event === 'view_product');
    assert.deepEqual(views.map(({ count }) => count), [1, 1]);
    const [first, second] = views.map(({ day }) => Date.parse(day)).sort((a, b) => a - b);
    assert.equal(second - first, 86400000);
  });

  it('forgets on request, on the phone and on the server', async () => {
    await open();
    await shopper.agree();
    await shopper.view('green', 'longjing');
    const device = await shopper.sync();
    assert.equal(collector.events(device).view_product, 1);
    await shopper.openLab();
    await shopper.phone.tap('#lab-forget');
    await shopper.phone.touch(shopper.phone.page.getByRole('button', { name: '忘记我' }));
    await collector.until(() => collector.table('rows').every((row) => row.device !== device));
    await shopper.phone.waitText('#lab-consent', '未同意');
    await shopper.back();
    await shopper.view('green', 'maofeng');
    await shopper.phone.control('hide');
    assert.deepEqual(await shopper.engineKeys(), []);
  });
});

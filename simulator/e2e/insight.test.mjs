// Insight and journeys by hand: taps in Chromium, the package in wasm, the real collector behind them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { catalogue } from '../../miniprogram-demo/tools/catalogue.mjs';
import { skipReason } from './browser.mjs';
import { Collector, ROOT } from './collector.mjs';
import { Shopper } from './shopper.mjs';
import { Site } from './site.mjs';

describe('what the shop knows of its person', { skip: skipReason }, () => {
  let site;
  let collector;
  let shopper;

  before(async () => {
    site = await Site.open();
    collector = await Collector.start(site.newFolder());
    shopper = await Shopper.open(site.browser, site.url, collector);
    await shopper.agree();
  });

  after(async () => {
    await shopper?.close();
    collector?.stop();
    await site?.close();
  });

  it('shows what she may like, and what is due after a few orders, each with its reason', async () => {
    const { phone } = shopper;
    for (let round = 0; round < 3; round += 1) {
      await shopper.buy('oolong', 'tieguanyin');
      await shopper.tomorrow(7);
    }
    await shopper.tab('首页');
    await phone.waitText('#refill-oolong', /%/);
    assert.match(await phone.text('#refill-oolong'), /乌龙[\s\S]*月[\s\S]*\d+%/);
    assert.match(await phone.text('#home-guesses'), /您常买/);
    await shopper.openLab();
    await phone.waitText('#lab-level', /新客|活跃/);
    assert.match(await phone.text('#lab-visit'), /^\d+%$/);
    await shopper.back();
  });

  it('shows what goes with a product, by a table that the collector fits and serves', async () => {
    const { phone } = shopper;
    assert.equal(readFileSync(path.join(ROOT, 'miniprogram-demo/catalogue.json'), 'utf8'), catalogue([collector.binary]), 'node tools/catalogue.mjs');
    await shopper.openProduct('puer', 'bingdao');
    await phone.waitText('#product-related', /搭着买/);
    assert.match(await phone.text('#product-related'), /西施壶/, 'a pot goes with ripe tea, from another shelf');
    await shopper.back();
    const bought = collector.table('label_counts').filter(({ event, dimension }) => event === 'order_item' && dimension === 'product');
    assert.deepEqual([...new Set(bought.map(({ label }) => label))], ['tieguanyin'], 'what the next table is fitted on');
  });

  it('judges her, and the judgement arrives once and shows on the page', async () => {
    await shopper.sync();
    await shopper.phone.control('hide');
    await shopper.phone.control('show');
    const [judged] = await collector.until(() => collector.table('insight').length > 0 && collector.table('insight'));
    assert.ok(['new', 'active'].includes(judged.level), judged.level);
    assert.match(await collector.page('/insight'), /回访与流失[\s\S]*新客|活跃/);
  });

  it('gives a coupon to a cart left for a day, plans it for the backend, and stops when she buys', async () => {
    const { phone } = shopper;
    await shopper.openProduct('green', 'longjing');
    await shopper.addToCart();
    await shopper.back();
    await shopper.openLab();
    await phone.waitText('#trip-cart-waits', /进行中/);
    const isHeldOut = (await phone.text('#trip-cart-waits')).includes('对照组');
    await shopper.back();
    await shopper.sync();
    const latest = () => collector.table('trips').filter(({ journey }) => journey === 'cart-waits').sort((a, b) => b.begun - a.begun)[0];
    await collector.until(() => latest()?.standing === 'running');
    await shopper.openLab();
    await phone.tap('#lab-tomorrow');
    if (isHeldOut) {
      await shopper.back();
    } else {
      await phone.touch(phone.page.getByRole('button', { name: '去看看' }));
      await phone.find('#cart-checkout').waitFor();
    }
    await shopper.buyCart();
    await shopper.openLab();
    await phone.waitText('#trip-cart-waits', /达成/);
    await shopper.back();
    await shopper.sync();
    await collector.until(() => latest().standing === 'goal');
    assert.match(await collector.page('/journeys'), /cart-waits/);
    assert.deepEqual(phone.errors, []);
  });
});

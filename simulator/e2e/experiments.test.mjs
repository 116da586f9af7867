// Experiments by hand: taps in Chromium, the package in wasm, the real collector behind them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { skipReason } from './browser.mjs';
import { Collector } from './collector.mjs';
import { Shopper } from './shopper.mjs';
import { Site } from './site.mjs';

const COPY = { green: '立即购买', red: '现在就喝上' };

describe('experiments in the shop', { skip: skipReason }, () => {
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

  const copyOfButton = async () => {
    await shopper.openProduct('green', 'longjing');
    const copy = await shopper.phone.text('#product-buy');
    await shopper.back();
    return copy;
  };

  const exposures = () => collector.table('exposures').filter(({ experiment }) => experiment === 'buy-button');

  it('shows a variation, and the exposure arrives once across a restart', async () => {
    const copy = await copyOfButton();
    assert.ok(Object.values(COPY).includes(copy), copy);
    await shopper.sync();
    const [exposure, ...others] = await collector.until(() => exposures().length > 0 && exposures());
    assert.deepEqual(others, []);
    assert.equal(COPY[exposure.variation], copy);
    await shopper.phone.page.reload();
    await shopper.phone.ready();
    assert.equal(await copyOfButton(), copy, 'the same after a restart');
    await shopper.sync();
    assert.equal(exposures().length, 1);
  });

  it('shows the person on the page of results', async () => {
    assert.ok((await collector.page('/experiments')).includes('buy-button'));
  });

  it('changes the button by an override, until it is ended', async () => {
    const { phone } = shopper;
    const before = await copyOfButton();
    const other = before === COPY.green ? 1 : 0;
    await shopper.openLab();
    await phone.tap(`#arm-buy-button-${other}`);
    await phone.waitText('#why-buy-button', /手动指定/);
    await shopper.back();
    assert.equal(await copyOfButton(), Object.values(COPY)[other]);
    await shopper.openLab();
    await phone.tap(`#arm-buy-button-${other}`);
    await phone.waitText('#why-buy-button', /按设备哈希/);
    await shopper.back();
    assert.equal(await copyOfButton(), before);
    assert.deepEqual(phone.errors, []);
  });
});

// Plans carried out: the shop in Chromium, the real collector, and the merchant's server that hears its webhook.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { skipReason } from './browser.mjs';
import { Collector } from './collector.mjs';
import { Shopper } from './shopper.mjs';
import { Site } from './site.mjs';

/** A merchant's server: keeps what it hears. */
async function merchant() {
  const heard = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    heard.push({ ...JSON.parse(text), header: request.headers['idempotency-key'] });
    response.writeHead(200).end();
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { heard, server, url: `http://127.0.0.1:${server.address().port}/` };
}

describe('what is done while she is away', { skip: skipReason }, () => {
  let site;
  let shop;
  let collector;
  let shopper;

  before(async () => {
    site = await Site.open();
    shop = await merchant();
    collector = await Collector.start(site.newFolder(), ['--webhook', shop.url]);
    shopper = await Shopper.open(site.browser, site.url, collector);
    await shopper.agree();
  });

  after(async () => {
    await shopper?.close();
    collector?.stop();
    shop?.server.close();
    await site?.close();
  });

  const told = () => shop.heard.map(({ journey, ref }) => `${journey} ${ref}`);
  const later = async (days) => {
    await shopper.tomorrow(days);
    await shopper.sync();
  };

  it('a first order brings a coupon after seven days, and no message that she never allowed', async () => {
    const order = await shopper.buy('oolong', 'tieguanyin');
    await shopper.sync();
    await collector.until(() => collector.table('trips').some(({ journey }) => journey === 'after-first-order'));
    await later(6);
    assert.deepEqual(told(), []);
    await later(1);
    await collector.until(() => told().length > 0);
    await later(1);
    await later(1);
    assert.deepEqual(told(), ['after-first-order cup-10']);
    const [{ user, kind, key, header, attempt }] = shop.heard;
    assert.deepEqual([kind, attempt, header], ['coupon', 1, key]);
    assert.ok(user && order);
    const [done] = collector.table('deliveries');
    assert.deepEqual([done.outcome, done.told], ['sent', 1], 'and her phone knows');
    assert.match(await collector.page('/journeys'), /后台执行[\s\S]*after-first-order[\s\S]*已发送/);
  });

  it('asks how the tea was, once, until she says', async () => {
    const { phone } = shopper;
    await shopper.tab('首页');
    await phone.waitText('#notice-ask-feedback', /还合口味吗/);
    const ask = async () => phone.touch(phone.find('#notice-ask-feedback').locator('[class*="notice-go"]').first());
    await ask();
    await shopper.back();
    await ask();
    await phone.tap('#feedback-4');
    assert.equal(await phone.text('#feedback-feeling'), '挺满意');
    await phone.tap('#feedback-pack');
    await phone.tap('#feedback-send');
    assert.match(await phone.text('#feedback-thanks'), /谢谢/);
    await phone.tap('#feedback-home');
    assert.equal(await phone.find('#notice-ask-feedback').isVisible(), false);
    await shopper.sync();
    const trip = () => collector.table('trips').find(({ journey }) => journey === 'ask-feedback');
    await collector.until(() => trip()?.standing === 'goal');
    const given = (table) => collector.table(table).filter(({ event }) => event === 'feedback');
    assert.deepEqual(given('number_sums').map(({ number, sum }) => [number, sum]), [['stars', 4]]);
    assert.deepEqual(given('label_counts').map(({ label, count }) => [label, count]), [['pack', 1]]);
  });

  it('reminds of a run that is about to break, until she checks in', async () => {
    const { phone } = shopper;
    const strip = phone.find('#notice-streak-breaks');
    await shopper.checkIn();
    await shopper.tomorrow();
    await shopper.checkIn();
    await shopper.tab('首页');
    assert.equal(await strip.isVisible(), false);
    await shopper.tomorrow();
    await shopper.tab('首页');
    assert.match(await phone.waitText('#notice-streak-breaks', /去签到/), /今天还没签到[\s\S]*连签/);
    await phone.touch(strip.locator('.notice-go, [class*="notice-go"]').first());
    await phone.tap('#checkin-button');
    await shopper.allowMessages();
    await shopper.takeAward();
    await shopper.back();
    await shopper.tab('首页');
    assert.equal(await strip.isVisible(), false, 'there is nothing left to say');
  });

  it('a message needs her yes; a cart left brings it, and buying stops what is behind it', async () => {
    const { phone } = shopper;
    shop.heard.length = 0;
    const jump = async () => {
      await phone.tap('#lab-jump');
      await shopper.back();
    };
    // To the reminder at midnight: at every hour of this test her quiet hours then leave the message for nine o'clock.
    await shopper.openLab();
    await jump();
    await shopper.openProduct('green', 'longjing');
    await shopper.addToCart();
    await shopper.back();
    await shopper.openLab();
    const isHeldOut = (await phone.waitText('#trip-cart-waits', /进行中/)).includes('对照组');
    await jump();
    await shopper.sync();
    const ofCart = () => told().filter((line) => line.startsWith('cart-waits'));
    if (!isHeldOut) await collector.until(() => ofCart().length > 0);
    assert.deepEqual(ofCart(), isHeldOut ? [] : ['cart-waits cart-waits']);
    await shopper.buyCart();
    await shopper.sync();
    await later(2);
    assert.equal(ofCart().length, isHeldOut ? 0 : 1, 'nothing after she bought');
    assert.equal(new Set(shop.heard.map(({ key }) => key)).size, shop.heard.length, 'each once');
    assert.deepEqual(phone.errors, []);
  });
});

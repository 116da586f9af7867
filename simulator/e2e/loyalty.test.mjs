// The loyalty pages by hand: taps in Chromium, the package in wasm, the real collector behind them.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { skipReason } from './browser.mjs';
import { Collector } from './collector.mjs';
import { Shopper } from './shopper.mjs';
import { Site } from './site.mjs';

const USER = 'u-1001';
const DAILY = 5; // points of the first three check-ins of a run
const TEA_YUAN = 288; // 明前西湖龙井, standard size, free of postage

/** The date some days from now, in the shop's zone. */
const dayFromNow = (days) => new Date(Date.now() + 8 * 3600000 + days * 86400000).toISOString().slice(0, 10);

describe('loyalty in the shop', { skip: skipReason }, () => {
  let site;
  let collector;
  let shopper;
  let phone;

  before(async () => { site = await Site.open(); });
  after(async () => { await site?.close(); });

  beforeEach(async () => {
    collector = await Collector.start(site.newFolder());
    shopper = await Shopper.open(site.browser, site.url, collector);
    phone = shopper.phone;
    await shopper.agree();
  });

  afterEach(async () => {
    assert.deepEqual(phone.errors, []);
    await shopper.close();
    collector.stop();
  });

  /** Taps the newest line of that name; what the sheet says of it. */
  const sentence = async (name) => {
    await phone.touch(phone.page.locator('.phone-page:not([hidden]) [id^="line-"]', { hasText: name }).first());
    return phone.waitText('#explain-sentence', /。$/);
  };

  const turnPhone = async (name) => {
    await shopper.openLab();
    await phone.tap('#lab-phone');
    await phone.waitText('#lab-phone-name', name);
    await shopper.back();
  };

  const refused = async () => {
    await shopper.openLab();
    const { ledger } = await phone.data();
    await shopper.back();
    return ledger.refused.map(({ code }) => code);
  };

  it('shows a check-in at once, explains its points, and has them confirmed by the collector', async () => {
    await phone.control('offline', true);
    assert.equal(await shopper.checkIn(), 1);
    await phone.waitText('#me-points-value', String(DAILY));
    await phone.tap('#me-points');
    await phone.waitText('#points-awaiting', `+${DAILY}`);
    assert.match(await sentence('每日签到'), /连签第 1 天，应得 5 分，到账 5 分/);
    assert.equal(await phone.text('#explain-state'), '待确认');
    await shopper.closeSheet();
    await phone.control('offline', false);
    await phone.waitText('#points-awaiting', '0');
    await sentence('每日签到');
    assert.equal(await phone.text('#explain-state'), '服务器已确认');
    const person = await collector.page(`/users/${USER}`);
    assert.match(person, /check_in|签到/);
  });

  it('refuses a second check-in of the day and pays the next one', async () => {
    await shopper.checkIn();
    await shopper.openFromMe('#me-checkin');
    await phone.waitText('#checkin-button', /今日已签/);
    await shopper.back();
    await shopper.tomorrow();
    assert.equal(await shopper.checkIn(), 2);
    await phone.waitText('#me-points-value', String(2 * DAILY));
  });

  it('joins a run by making up for a missed date, for points', async () => {
    await shopper.checkIn();
    await shopper.tomorrow(3); // the first missed date is covered by the freeze, the second breaks the run
    assert.equal(await shopper.checkIn(), 1);
    await shopper.openFromMe('#me-checkin');
    await phone.tap(`#day-${dayFromNow(2)}`);
    await phone.waitText('#makeup-left', '3');
    await phone.tap('#makeup-go');
    await shopper.takeAward();
    await phone.waitText('#checkin-length', '3');
    await phone.waitText('#checkin-makeup', /还可补 2 次/);
    await shopper.back();
    await shopper.sync();
    assert.deepEqual(await refused(), []);
  });

  it('brings the points of an order from the server, and raises the tier', async () => {
    await shopper.openFromMe('#me-member');
    assert.equal(await phone.text('#member-tier'), '青叶');
    await shopper.back();
    await shopper.buy('green', 'longjing');
    await shopper.buy('green', 'longjing');
    await shopper.sync();
    assert.equal(await shopper.points(), 2 * TEA_YUAN);
    await phone.waitText('#me-tier', '银叶');
    await phone.tap('#me-points');
    assert.match(await sentence('购物返积分'), new RegExp(`实付满 ${TEA_YUAN} 元，每元 1 分`));
  });

  it('takes the points of an order back with its money', async () => {
    await shopper.buy('green', 'longjing');
    await shopper.sync();
    assert.equal(await shopper.points(), TEA_YUAN);
    await phone.tap('#me-orders');
    await phone.tap('#refund-0');
    await phone.touch(phone.page.getByRole('button', { name: '退款', exact: true }));
    await phone.waitText('#order-0', /已退款/);
    await shopper.back();
    assert.equal(await shopper.points(), 0);
    await phone.tap('#me-points');
    assert.match(await sentence('退款收回'), new RegExp(`共得过 ${TEA_YUAN} 分.*扣 ${TEA_YUAN} 分`));
  });

  it('redeems a gift in the mall, once', async () => {
    await shopper.buy('green', 'longjing');
    await shopper.sync();
    await shopper.openFromMe('#me-mall');
    await phone.tap('#mall-sample-box');
    await phone.tap('#mall-redeem');
    assert.equal(await shopper.takeAward(), '换好了');
    await phone.waitText('#mall-points', String(TEA_YUAN - 100));
    await shopper.back();
    await shopper.sync();
    assert.equal(await shopper.points(), TEA_YUAN - 100);
  });

  it('pays a part of an order with points', async () => {
    await shopper.buy('green', 'longjing');
    await shopper.sync();
    await shopper.openProduct('oolong', 'tieguanyin');
    await shopper.addToCart();
    await shopper.back();
    await shopper.tab('购物车');
    await phone.tap('#cart-checkout');
    await phone.tap('#checkout-points');
    await phone.waitText('#checkout-due', /170/);
    await phone.tap('#checkout-pay');
    await phone.waitText('#done-points-state', '已到账');
    await phone.tap('#done-home');
    assert.equal(await shopper.points(), TEA_YUAN - 200 + 170);
  });

  it('is one person on two phones', async () => {
    await shopper.checkIn();
    await shopper.sync();
    await turnPhone('另一部手机');
    await shopper.sync();
    await phone.waitText('#me-points-value', String(DAILY));
    await shopper.openFromMe('#me-checkin');
    await phone.waitText('#checkin-button', /今日已签/);
  });

  it('lists what a phone claimed in vain', async () => {
    await shopper.sync();
    await phone.control('offline', true);
    await shopper.checkIn();
    await turnPhone('另一部手机');
    await shopper.checkIn();
    await turnPhone('这部手机');
    await phone.control('offline', false);
    await shopper.sync();
    assert.deepEqual(await refused(), []);
    await turnPhone('另一部手机');
    await shopper.sync();
    assert.deepEqual(await refused(), ['already_checked_in']);
    assert.equal(await shopper.points(), DAILY);
  });

  it('replays the ledger and meets the digest that the server signed', async () => {
    await shopper.checkIn();
    await shopper.buy('green', 'longjing');
    await shopper.sync();
    await shopper.openLab();
    await phone.tap('#lab-replay');
    await phone.waitText('#lab-verdict', /一字不差/);
    const digest = await phone.text('#lab-digest');
    assert.match(digest, /^[0-9a-f]{32}$/);
    assert.equal(await phone.text('#lab-receipt'), digest);
  });

  it('turns the wheel for a ticket that a week of check-ins brought', async () => {
    for (let day = 1; day <= 7; day += 1) {
      assert.equal(await shopper.checkIn(), day);
      await shopper.sync();
      if (day < 7) await shopper.tomorrow();
    }
    await shopper.openFromMe('#me-mall');
    await phone.tap('#mall-lottery');
    await phone.waitText('#lottery-tickets', '1');
    await phone.tap('#wheel-go');
    await phone.find('#award-ok').waitFor({ timeout: 9000 });
    await shopper.takeAward();
    await phone.waitText('#lottery-tickets', '0');
  });

  it('sells a membership and learns the birthday', async () => {
    await shopper.openFromMe('#me-member');
    await phone.tap('#plan-season');
    await phone.tap('#member-buy');
    assert.equal(await shopper.takeAward(), '雅会员已开通');
    await phone.waitText('#member-until', /^有效至/);
    await phone.tap('#member-birthday');
    await phone.tap('#month-2');
    await phone.tap('#birth-29');
    assert.equal(await shopper.takeAward(), '记下了');
    await phone.waitText('#member-birthday', /2月29日/);
  });

  it('shows a group buy as the server tells of it', async () => {
    await shopper.openFromMe('#me-rewards');
    await phone.tap('#rewards-group');
    await phone.waitText('#game-0', /1 \/ 3/);
    await phone.tap('#game-help-0');
    await phone.waitText('#game-0', /2 \/ 3/);
    await phone.tap('#game-help-0');
    await phone.waitText('#game-0', /大功告成/);
  });

  it('gives a coupon for the third order, and the server grants it once', async () => {
    for (let order = 1; order <= 3; order += 1) await shopper.buy('oolong', 'tieguanyin');
    await shopper.sync();
    await shopper.openFromMe('#me-rewards');
    await phone.waitText('#rewards-coupons', '2'); // one for three orders, one for 500 yuan
    await phone.touch(phone.page.getByText('领取', { exact: true }).first());
    await phone.page.getByText('已入卡包').waitFor();
    assert.equal(await phone.page.getByText('领取', { exact: true }).count(), 1);
  });
});

// The shop's two experiments: what they decide, and what the laboratory shows of them.
const engine = require('./engine');
const program = require('../program');
const { clock } = require('../utils/format');

const KEYS = ['buy-button', 'coupon'];
const COUPON_KEY = 'shop.coupon';
const PLAIN = { text: '立即购买', colour: '' };

const ENDED_BY = {
  bucket: '按设备哈希分到的', override: '手动指定', launch_query: '启动参数指定', coverage: '不在流量内', condition: '不符合条件', disabled: '实验已关闭', qa: '只看手动指定', hash_attribute: '没有可哈希的属性',
};

const ruleOf = (key) => program.features[key].rules[0];

/** Words and colour of the buy button; an empty colour is the theme's. */
function buyButton() {
  return engine.feature('buy-button', PLAIN);
}

/** What the coupon on offer takes off, in fen. */
function couponFen() {
  return engine.feature('coupon', program.features.coupon.defaultValue);
}

/** What the coupon in the wallet takes off the next order, in fen; 0 without one. */
function heldCoupon() {
  return Number(wx.getStorageSync(COUPON_KEY)) || 0;
}

/** Takes the coupon on offer, for what it is worth now. */
function takeCoupon() {
  wx.setStorageSync(COUPON_KEY, couponFen());
}

/** The coupon has been paid with. */
function spendCoupon() {
  wx.removeStorageSync(COUPON_KEY);
}

function experimentOf(key) {
  const { name, meta } = ruleOf(key);
  const { why, experimentResult } = engine.explain(key);
  const chosen = experimentResult && experimentResult.inExperiment ? experimentResult.variationId : -1;
  const bucket = experimentResult && experimentResult.bucket;
  const step = why[why.length - 1];
  return {
    key, name, step: ENDED_BY[step] || step, isForced: step === 'override', bucket: bucket === undefined ? '' : bucket.toFixed(4),
    variations: meta.map((variation, position) => ({ position, name: variation.name, on: position === chosen })),
  };
}

function exposureOf({ experiment, variation, at, acked }) {
  const found = ruleOf(experiment).meta.find(({ key }) => key === variation);
  return { id: `${experiment}-${variation}`, name: ruleOf(experiment).name, variation: found ? found.name : variation, at: clock(at), acked };
}

/** Both experiments, and which variations this person has seen. */
function view(state) {
  const known = state.exposures.filter(({ experiment }) => KEYS.includes(experiment));
  return { experiments: KEYS.map(experimentOf), exposures: known.map(exposureOf) };
}

module.exports = { buyButton, couponFen, heldCoupon, spendCoupon, takeCoupon, view };

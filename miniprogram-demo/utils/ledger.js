// Lines of the ledger as rows and sentences for people. Pure functions.
const copy = require('../data/loyalty');
const calendar = require('./calendar');
const { lasts, sentence } = require('./explain');
const format = require('./format');
const { reason } = require('./words');

const GIFTS = ['coupon', 'ticket', 'tier_up', 'every_n_orders', 'offer'];

/** What a line is about, in words: the order, the item, the day. */
function about({ reason: why, subject }) {
  if (!subject) return '';
  if (why === 'redeem') return copy.mall[subject] ? copy.mall[subject].name : `订单尾号 ${subject.slice(-6)}`;
  if (why === 'make_up' || why === 'freeze_used') return /^\d{4}-/.test(subject) ? calendar.spoken(subject) : subject;
  const named = { activity: copy.activities, coupon: copy.coupons, every_n_orders: copy.coupons, granted: copy.coupons, offer: copy.offers, prize: copy.prizes, reward: copy.rewards, ticket: copy.lotteries }[why];
  if (named) return named[subject] ? named[subject].name || named[subject].title : subject;
  if (why === 'milestone') return `第 ${subject} 天`;
  return /^\d{8,}$/.test(subject) ? `订单尾号 ${subject.slice(-6)}` : subject;
}

const signed = (points) => (points > 0 ? `+${format.grouped(points)}` : points < 0 ? `−${format.grouped(-points)}` : '');

/** A row of the list. */
function row(line) {
  const { name, icon } = reason(line.reason);
  return {
    id: line.id, name, icon, about: about(line), points: line.points, sum: signed(line.points), growth: signed(line.growth),
    look: line.points > 0 ? 'in' : line.points < 0 ? 'out' : 'note', when: format.dateTime(line.at), day: calendar.spoken(line.day),
    confirmed: line.confirmed !== false, isGift: GIFTS.includes(line.reason),
  };
}

/** A line with its arithmetic, for the sheet that explains it. */
function explained(line) {
  return Object.assign(row(line), { sentence: sentence(line), rule: line.rule || '', lasts: lasts(line) });
}

module.exports = { explained, row };

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shop } from './support.mjs';

const { require } = shop();
const calendar = require('../utils/calendar');
const ledger = require('../utils/ledger');
const { lasts, sentence } = require('../utils/explain');

const streak = {
  days: [['2026-11-01', 'counted'], ['2026-11-19', 'covered'], ['2026-11-20', 'made_up'], ['2026-11-22', 'counted']],
  make_up: { dates: ['2026-11-21'] },
};

test('a month begins on its weekday and shows what happened on each date', () => {
  const { title, cells } = calendar.month(streak, '2026-11-23', 0);
  assert.equal(title, '2026 年 11 月');
  assert.equal(cells.filter((cell) => cell.look === 'blank').length, 6, 'November 2026 begins on a Sunday');
  const looks = Object.fromEntries(cells.map(({ day, look }) => [day.slice(-2), look]));
  assert.deepEqual([looks['01'], looks['19'], looks['20'], looks['21'], looks['22']], ['counted', 'covered', 'made_up', 'missed', 'counted']);
  assert.deepEqual([looks['18'], looks['23'], looks['24']], ['plain', 'plain', 'later']);
  assert.deepEqual(cells.filter((cell) => cell.today).map((cell) => cell.day), ['2026-11-23']);
});

test('earlier months cross the year and know leap days', () => {
  const months = (today, back) => calendar.month({ days: [], make_up: null }, today, back);
  assert.equal(months('2027-01-15', 1).title, '2026 年 12 月');
  const february = (today, back) => months(today, back).cells.filter((cell) => cell.date).length;
  assert.deepEqual([february('2028-03-01', 1), february('2027-03-31', 1)], [29, 28]);
});

test('a date of another year is told with its year', () => {
  assert.deepEqual([calendar.near('2026-12-28', '2026-11-23'), calendar.near('2027-12-28', '2026-11-23')], ['12 月 28 日', '2027 年 12 月 28 日']);
});

test('dates are counted over months and years', () => {
  assert.equal(calendar.plus('2026-12-31', 1), '2027-01-01');
  assert.equal(calendar.between('2026-11-23', '2026-12-02'), 9);
});

test('a sentence tells the arithmetic of an order, campaign and cap included', () => {
  const terms = [['yuan', 188], ['per_yuan', 1], ['base', 188], ['percent', 200, '茶友日'], ['cap_cut', 76]];
  const told = sentence({ reason: 'order', points: 300, terms });
  assert.equal(told, '实付满 188 元，每元 1 分，应得 188 分，“茶友日”2 倍，超过每日上限的 76 分不计，到账 300 分。');
});

test('a refund tells from where the points were taken and what was forgiven', () => {
  const terms = [['granted', 100], ['unrefunded_fen', 0], ['paid_fen', 10000], ['kept', 0], ['own_lot', 60], ['other_lots', 0], ['written_off', 40]];
  const told = sentence({ reason: 'refund_taken_back', points: -60, terms });
  assert.equal(told, '这笔订单共得过 100 分，退款后实付 0.00 元，原付 100.00 元，按比例保留 0 分，从这笔订单的积分收回 60 分，不足的 40 分免了，扣 60 分。');
});

test('the same number is a date of a milestone and a time of a reward', () => {
  assert.match(sentence({ reason: 'milestone', points: 30, terms: [['count', 7], ['base', 30]] }), /签满 7 天/);
  assert.match(sentence({ reason: 'reward', points: 30, terms: [['count', 2], ['base', 30]] }), /第 2 次/);
});

test('only what came can lapse', () => {
  assert.equal(lasts({ points: 5, expires: '2027-11-23' }), '可用到 2027 年 11 月 23 日');
  assert.equal(lasts({ points: 5, expires: null }), '长期可用');
  assert.equal(lasts({ points: -5, expires: null }), '');
});

test('a row says what it is about and which way the points went', () => {
  const line = { id: '1', at: Date.UTC(2026, 10, 22, 4), day: '2026-11-22', reason: 'redeem', points: -1200, growth: 0, subject: '2026112212000007', confirmed: false };
  const { name, about, sum, look, confirmed } = ledger.row(line);
  assert.deepEqual([name, about, sum, look, confirmed], ['积分兑换', '订单尾号 000007', '−1,200', 'out', false]);
});

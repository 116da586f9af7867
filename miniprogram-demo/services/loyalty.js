// What the loyalty pages show and do: the engine's answers, joined with the program and the shop's words.
const program = require('../program');
const copy = require('../data/loyalty');
const engine = require('./engine');
const clock = require('./clock');
const calendar = require('../utils/calendar');
const format = require('../utils/format');
const ledger = require('../utils/ledger');
const words = require('../utils/words');

/** Points that lapse within so many days are shown as lapsing. */
const LAPSE_DAYS = 60;

const ask = engine.loyalty;
const today = () => format.date(clock.now());

/** Tries a call of the engine: {ok, answer} or {ok: false, text} with the refusal in the shop's words. */
async function attempt(work) {
  try {
    const answer = await work();
    if (answer && answer.accepted === false) return { ok: false, code: answer.code, text: words.refusal(answer.code) };
    return { ok: true, answer };
  } catch (error) {
    return { ok: false, code: error.code, text: words.refusal(error.code, error.message) };
  }
}

/** What claims and transactions brought, for the award sheet. */
const awards = (answer) => ((answer && answer.lines) || []).map(ledger.row).filter((row) => row.points !== 0 || row.isGift);

const checkIn = () => attempt(() => ask.checkIn());
const makeUp = (day) => attempt(() => ask.makeUp(day));
const earn = (name) => attempt(() => ask.earn(name));
const redeem = (what) => attempt(() => ask.redeem(what));
const draw = (lottery) => attempt(() => ask.draw(lottery));
const grant = (right) => attempt(() => ask.grant(right));

/** Points that are shown already but that no server has confirmed yet. */
function awaitingPoints({ available, pending, confirmed }) {
  return available + pending - confirmed.available - confirmed.pending;
}

/** Points, streak and tier in one line, for 我的. */
async function glance() {
  const [points, streak, tier, rewards] = await Promise.all([ask.points(), ask.streak(), ask.tier(), ask.rewards()]);
  return {
    points: format.grouped(points.available), awaiting: awaitingPoints(points), streak: streak.length, today: streak.today,
    tier: tier ? tier.name : '', medal: tier ? tierCopy(tier.level).medal : '', percent: tier ? towards(tier) : 0,
    needed: tier && tier.next ? `再积 ${format.grouped(tier.next.needed)} 成长值升${tier.next.name}` : '已是最高等级',
    rights: rewards.rights.filter((right) => !right.granted).length,
  };
}

/** What the home page says of the check-in. */
async function nudge() {
  const { length, today: done } = await ask.streak();
  const gain = dailyPoints(done ? length : length + 1);
  return { done, title: done ? `已连签 ${length} 天` : '今天还没签到', note: done ? '明天也来坐坐' : gain > 0 ? `签到得 ${gain} 分` : '来坐坐' };
}

/** The points of the check-in at a position of the run, 1 the first. */
function dailyPoints(position) {
  const { daily_points: declared = 0, cycle_days: cycle = 0 } = program.check_in || {};
  const ladder = [].concat(declared);
  const index = cycle > 0 ? (position - 1) % cycle : position - 1;
  return ladder[Math.min(index, ladder.length - 1)] || 0;
}

const milestones = () => (program.check_in || {}).milestones || [];

/** A milestone's gift in words. */
function giftText({ points, coupon, ticket }) {
  const parts = [points ? `${points} 积分` : '', coupon ? (copy.coupons[coupon] || { title: coupon }).title : '', ticket ? '抽奖券' : ''];
  return parts.filter(Boolean).join(' + ');
}

/** The milestones of the run as stations on a path; `share` is how much of the way to it is walked. */
function path(length) {
  const stations = milestones().filter((stone) => stone.of !== 'total');
  return stations.map((stone, i) => {
    const from = i === 0 ? 0 : stations[i - 1].day;
    const share = Math.max(0, Math.min(1, (length - from) / (stone.day - from)));
    return { day: stone.day, gift: giftText(stone), reached: length >= stone.day, next: length < stone.day && length >= from, percent: Math.round(share * 100) };
  });
}

function nextGift(next) {
  if (!next) return '每一天都算数';
  const stone = milestones().find((each) => each.day === next.day) || next;
  return `再签 ${next.in_days} 天，得 ${giftText(stone)}`;
}

/** The check-in page; `back` is how many months ago the calendar shows. */
async function checkInView(back) {
  const [streak, forecast] = await Promise.all([ask.streak(), ask.forecast()]);
  const { length } = streak;
  const position = streak.today ? length : length + 1;
  const totals = milestones().filter((stone) => stone.of === 'total' && stone.day > streak.total);
  return {
    length, today: streak.today, freezes: streak.freezes, longest: streak.longest, total: streak.total, gain: dailyPoints(position),
    tomorrow: dailyPoints(position + 1), path: path(length), month: calendar.month(streak, today(), back), makeUp: streak.make_up,
    nextGift: nextGift(forecast.next_milestone),
    totalGift: totals.length > 0 ? `累计 ${totals[0].day} 天另有 ${giftText(totals[0])}` : '',
  };
}

/** The points page's head: what is there, what is on its way, what lapses soon. */
async function pointsView() {
  const points = await ask.points();
  return {
    available: format.grouped(points.available), pending: points.pending, debt: points.debt, awaiting: awaitingPoints(points), claims: points.awaiting,
    confirmed: format.grouped(points.confirmed.available), spent: format.grouped(points.spent), granted: format.grouped(points.granted),
    expired: format.grouped(points.expired), worth: points.redeem && points.redeem.fen_per_step ? format.yuan(Math.floor(points.available / points.redeem.step) * points.redeem.fen_per_step) : '',
    expiring: points.expiring.filter(({ in_days }) => in_days <= LAPSE_DAYS).map(({ day, in_days, points: n }) => ({ day, when: calendar.near(day, today()), days: in_days, points: n })),
  };
}

/** A page of the ledger, newest first. */
async function ledgerPage(page) {
  const { lines, pages } = await ask.ledger({ page });
  return { rows: lines.map(ledger.row), more: page + 1 < pages };
}

const explain = async (id) => ledger.explained(await ask.explain(id));

const tierCopy = (level) => copy.tiers[Math.min(level, copy.tiers.length - 1)];
const benefitOf = (ref) => Object.assign({ ref }, copy.benefits[ref] || { name: ref, icon: 'verified', note: '' });

/** How much of the way to the next level is done, in percent. */
function towards({ growth, level, levels, next }) {
  if (!next) return 100;
  const [from, to] = [levels[level].from, levels[level + 1].from];
  return Math.max(3, Math.min(100, Math.round(((growth - from) / (to - from)) * 100)));
}

/** What it takes to stay: {growth_needed, by} in words. */
function keepText(keep) {
  if (!keep || !keep.by) return '';
  if (keep.growth_needed === 0) return `已够保级，这一级至少留到 ${calendar.near(keep.by, today())}之后`;
  return `${calendar.near(keep.by, today())}前再积 ${format.grouped(keep.growth_needed)} 成长值即可保级`;
}

function tierView(tier, forecast) {
  const levels = tier.levels.map((level, i) => Object.assign({
    name: level.name, from: format.grouped(level.from), benefits: level.benefits.map(benefitOf), mine: i === tier.level, reached: i <= tier.level,
  }, tierCopy(i)));
  return {
    name: tier.name, level: tier.level, growth: format.grouped(tier.growth), percent: towards(tier), levels, medal: tierCopy(tier.level).medal, look: tierCopy(tier.level).look,
    nextName: tier.next ? tier.next.name : '', target: tier.next ? format.grouped(tier.levels[tier.level + 1].from) : '', needed: tier.next ? format.grouped(tier.next.needed) : '',
    until: tier.until ? calendar.full(tier.until) : '', keep: keepText(forecast.tier && forecast.tier.keep),
  };
}

function membershipView({ active, until, plans, benefits }) {
  return {
    active, until: until ? calendar.full(until) : '', benefits: benefits.map(benefitOf),
    plans: plans.map((plan) => Object.assign({ name: plan.id, note: '' }, copy.plans[plan.id], plan, { monthly: format.yuan(Math.round(plan.price_fen / plan.months)) })),
  };
}

/** The member centre. */
async function memberView() {
  const [tier, membership, forecast, points] = await Promise.all([ask.tier(), ask.membership(), ask.forecast(), ask.points()]);
  return { tier: tier ? tierView(tier, forecast) : null, membership: membershipView(membership), points: format.grouped(points.available) };
}

const couponOf = (ref) => copy.coupons[ref] || { title: ref, worth: '券', unit: '', note: '' };

/** Coupons that are granted or may be, newest first. */
const coupons = (rights) => rights.filter((right) => right.kind === 'coupon').reverse()
  .map((right) => Object.assign({ right: right.right, granted: right.granted, when: calendar.spoken(right.day) }, couponOf(right.ref)));

/** Orders are stamped cups, a card of `n` at a time. */
function stampsOf({ id, have, need }) {
  const n = program.every_n_orders.n;
  const stamped = Math.max(0, have - (need - n));
  return { id, name: '集茶章', left: need - have, gift: couponOf(id).title, stamps: Array.from({ length: n }, (_, i) => ({ id: i, image: `/assets/gift/${i < stamped ? 'stamp' : 'stamp-blank'}.svg` })) };
}

/** Money is a bar towards the next round sum. */
function spendingOf({ id, have, need }) {
  const yuan = (fen) => format.grouped(Math.floor(fen / 100));
  return Object.assign({ id, name: id, note: '', have: yuan(have), left: yuan(need - have), percent: Math.min(100, Math.round((have / need) * 100)) }, copy.rewards[id]);
}

const progressOf = (progress) => (progress.kind === 'orders' ? stampsOf(progress) : spendingOf(progress));

const FACES = ['xiaoman', 'yuan', 'zhiqiu'].map((name) => `/assets/scene/face-${name}.svg`);
const SEATS_MAX = 6;

const gameOf = (game) => Object.assign({}, copy.games[game.kind] || { name: game.kind, note: '', icon: 'usergroup-add', action: '邀请' }, game, {
  done: game.have >= game.need, seats: Array.from({ length: Math.min(game.need, SEATS_MAX) }, (_, i) => ({ id: i, face: i < game.have ? FACES[i % FACES.length] : '' })), percent: Math.round((game.have / game.need) * 100),
});

/** The rewards page. */
async function rewardsView() {
  const rewards = await ask.rewards();
  return {
    coupons: coupons(rewards.rights), tickets: rewards.lotteries.reduce((sum, lottery) => sum + lottery.tickets, 0),
    progress: rewards.progress.map(progressOf), games: rewards.games.map(gameOf),
    offers: rewards.offers.map(({ id, offer }) => Object.assign({ id, title: offer, note: '', product: '', image: '' }, copy.offers[offer])),
  };
}

/** The mall: goods for points, and the lotteries. */
async function mallView() {
  const [rewards, points] = await Promise.all([ask.rewards(), ask.points()]);
  return {
    available: points.available, shown: format.grouped(points.available), tickets: rewards.lotteries.reduce((sum, lottery) => sum + lottery.tickets, 0),
    items: rewards.mall.map((item) => Object.assign({ name: item.id, note: '', image: '/assets/gift/gift-green.svg' }, copy.mall[item.id], item, {
      short: Math.max(0, item.points - points.available), gone: item.left === 0,
    })),
  };
}

const prizeOf = (id) => Object.assign({ id, name: id, short: id }, copy.prizes[id]);

/** The first lottery with its prizes in the order of the wheel; null when the shop has none. */
async function lotteryView() {
  const { lotteries } = await ask.rewards();
  if (lotteries.length === 0) return null;
  const [{ id, tickets, prizes }] = lotteries;
  return Object.assign({ id, tickets, prizes: prizes.map(prizeOf) }, copy.lotteries[id]);
}

/** How many points an order may be paid with: {points, off_fen, available}; never the whole order. */
async function payable(amount_fen) {
  const { available, redeem: rule } = await ask.points();
  if (!rule || !rule.fen_per_step) return { points: 0, off_fen: 0, available };
  const steps = Math.max(0, Math.min(Math.floor(available / rule.step), Math.floor((amount_fen - 1) / rule.fen_per_step)));
  return { points: steps * rule.step, off_fen: steps * rule.fen_per_step, available };
}

/** What a cart would bring, and what it costs less: {points, off_fen, next, payable}. */
async function checkoutView({ goods_fen, amount_fen }) {
  const preview = await ask.preview(goods_fen);
  return { off_fen: preview.off_fen, next: preview.next, percent: preview.percent, payable: await payable(amount_fen - preview.off_fen) };
}

/** Points that a payment of so much brings today. The preview knows the campaigns; the discount is off already. */
async function pointsFor(paid_fen) {
  const { percent } = await ask.preview(paid_fen);
  return Math.floor((Math.floor(paid_fen / 100) * ((program.points || {}).per_yuan || 0) * percent) / 100);
}

/** The points of an order: confirmed as the ledger has them, or as they will be. */
async function orderPoints({ order_id, paid_fen }) {
  const { lines } = await ask.ledger({ page: 0 });
  const line = lines.find((each) => each.reason === 'order' && each.subject === order_id);
  return line ? { points: line.points, confirmed: line.confirmed } : { points: await pointsFor(paid_fen), confirmed: false };
}

/** What the phone's own replay gives beside what the server signed, of now if the server can be asked. */
async function proofView() {
  await engine.sync().catch(() => {});
  const { digest, receipt } = await ask.proof();
  if (!receipt) return { phone: digest, server: '', equal: false, note: '服务器还没有开过收据，先同步一次' };
  const equal = receipt.digest === digest;
  return {
    phone: digest, server: receipt.digest, equal, seq: receipt.seq, points: format.grouped(receipt.points), at: format.dateTime(receipt.time), sig: receipt.sig,
    note: equal ? '一字不差' : '不一致：下次同步以服务器为准',
  };
}

/** What the laboratory shows of the ledger: shown and confirmed points, claims on their way, and what was refused. */
async function ledgerState() {
  const [points, refused] = await Promise.all([ask.points(), ask.refused()]);
  return {
    shown: format.grouped(points.available), confirmed: format.grouped(points.confirmed.available), awaiting: points.awaiting,
    refused: (refused || []).map((entry) => Object.assign({}, entry, { name: words.reason(entry.kind).name, text: words.refusal(entry.code), key: `${entry.seq}` })),
  };
}

module.exports = {
  attempt, awards, checkIn, checkInView, checkoutView, draw, earn, explain, glance, grant, ledgerPage, ledgerState, lotteryView, makeUp, mallView, memberView, nudge,
  orderPoints, pointsFor, pointsView, prizeOf, proofView, redeem, rewardsView,
};

// What the engine makes of the person, in the shop's words: what to show first, what is due, her rhythm, her journeys.
const cart = require('./cart');
const catalog = require('./catalog');
const clock = require('./clock');
const engine = require('./engine');
const notices = require('./notices');
const offer = require('./offer');
const route = require('./route');
const trials = require('./trials');
const format = require('../utils/format');

const SHOWN = 8;
const BESIDES = 6;
const A_MOMENT_MS = 1000;
const DUE = { n: 3, horizon_days: 14 };

const LEVELS = {
  new: { name: '新客', note: '刚认识，再来几次就熟了' },
  active: { name: '活跃', note: '按自己的节奏来着' },
  slowing: { name: '放缓', note: '来得比从前慢了' },
  at_risk: { name: '有流失风险', note: '好久没按节奏来了' },
  lost: { name: '已流失', note: '久别重逢，欢迎回来' },
};
const SIGNS = {
  stop: ({ silence_days, usual_days }) => `隔了 ${silence_days} 天没来，平常约 ${Math.round(usual_days)} 天`,
  slow_down: ({ visits_per_30d_before, visits_per_30d_since }) => `每月从 ${Math.round(visits_per_30d_before)} 次变成 ${Math.round(visits_per_30d_since)} 次`,
  flow: ({ attempts }) => `下单半途而废 ${attempts} 回`,
  cart: ({ count, age_hours }) => `购物车里 ${count} 件放了 ${Math.round(age_hours)} 小时`,
  dwell: () => '看得比从前快了',
  errors: ({ days }) => `${days} 天遇到过错误`,
  taps: ({ days }) => `${days} 天连着用力点过`,
  prompts: ({ refused }) => `拒绝了 ${refused} 次订阅`,
  coupon: ({ in_days }) => `积分 ${in_days} 天后到期`,
  tier: ({ in_days }) => `等级 ${in_days} 天后会降`,
  inactive: ({ days }) => `${days} 天没来`,
};
const REASONS = { bought: '您常买', goes_with: '搭着买', category: '您爱这一类', viewed: '最近看过', popular: '茶友都在喝' };
const STEPS = {
  done: '已执行', sent: '已发送', capped: '超过频次', no_quota: '没有订阅次数', tired: '暂停打扰', skipped: '跳过', expired: '过期', held_out: '对照组', refused: '平台拒绝',
};
const KINDS = { message: '订阅消息', coupon: '发券', points: '送积分', popup: '弹窗', badge: '角标', ask_subscribe: '请求订阅', offer_wecom: '加企业微信', feedback: '问反馈', custom: '自定义' };
const NAMES = { 'cart-waits': '购物车召回', 'streak-breaks': '连签提醒', 'member-day': '茶友日', 'after-first-order': '首单之后', 'ask-feedback': '问口味', 'welcome-back': '久别重逢' };
const STANDINGS = { running: '进行中', finished: '走完了', exited: '已退出', goal: '达成' };

const shelfName = (id) => (catalog.categories.find((category) => category.id === id) || { name: id }).name;

/** Cards of what is on sale here; the server's catalogue may know more than this version of the shop. */
const cards = (picks) => picks
  .filter(({ item }) => catalog.find(item))
  .map(({ item, reason }) => Object.assign(catalog.card(item), { tag: REASONS[reason] }));

/** What she may like, each with its reason. */
const guesses = async () => cards(await engine.person.recommend({ n: SHOWN }));

/** What goes with a product, or is like it. */
const besides = async (id) => cards(await engine.person.recommend({ n: BESIDES, kind: 'similar', item: id }));

const percent = (chance) => Math.round(chance * 100);
const day = (date) => format.monthDay(Date.parse(`${date}T00:00:00+08:00`));

/** What she may need again: a window with its chance, never a date. */
async function refills() {
  const found = await engine.person.due(DUE);
  return found.map(({ category, probability, from, to }) => ({
    category, name: shelfName(category), percent: percent(probability), window: from === to ? day(from) : `${day(from)} – ${day(to)}`,
  }));
}

/** Her rhythm, as the laboratory shows it. */
async function rhythm() {
  const { level, probability, horizon_days, purchase, signs } = await engine.person.outlook();
  const segments = await engine.person.segments();
  return {
    level: LEVELS[level].name, note: LEVELS[level].note, look: level, horizon_days, visit: probability === null ? -1 : percent(probability),
    buy: purchase ? percent(purchase.probability) : -1, buy_days: purchase ? purchase.horizon_days : 0,
    signs: signs.map(({ name, evidence }) => ({ name, text: SIGNS[name](evidence) })), segments, due: await refills(),
  };
}

function stepOf({ step, kind, ref, outcome, due }) {
  const when = due ? `${format.monthDay(due)} ${format.clock(due).slice(0, 5)}` : '';
  return { step, text: `${KINDS[kind] || '动作'} ${ref || ''}`, state: due ? when : STEPS[outcome], coming: Boolean(due) };
}

/** Her journeys, the latest first. */
async function journeys() {
  const trips = await engine.person.journeys();
  return trips.reverse().slice(0, 6).map((trip) => ({
    id: `${trip.journey}-${trip.key}-${trip.at}`, journey: trip.journey, name: NAMES[trip.journey] || trip.journey, key: trip.key, at: format.monthDay(trip.at), standing: trip.held_out ? `${STANDINGS[trip.standing]} · 对照组` : STANDINGS[trip.standing],
    running: trip.standing === 'running', steps: trip.steps.map(stepOf),
  }));
}

/** Moves the clock on to just after the next step is due; false if nothing is to come. */
async function jump() {
  const [next] = await engine.person.plan();
  if (!next) return false;
  clock.moveTo(next.at + A_MOMENT_MS);
  return true;
}

/** What is to be shown now, as a journey has it: a strip on the home page, or a popup. */
async function act(action) {
  if (action.kind === 'badge' || action.kind === 'feedback') notices.put(action);
  if (action.kind === 'popup') await pop(action);
}

async function pop({ id, data }) {
  const { title, content, confirm, coupon, page } = data;
  const answer = await wx.showModal({ title, content, confirmText: confirm, cancelText: '下次吧' });
  if (!answer.confirm) {
    await engine.person.dismiss(id);
    return;
  }
  if (coupon) trials.takeCoupon();
  if (page === 'cart') route.openCart();
  else if (page) route.go(page);
}

const thing = ({ product, category, price_fen, quantity }) => ({ item: product, category, price_fen, quantity });

/** Hands over what there is to show, and once more if the server has another list. */
async function offerAll() {
  await engine.person.setCatalogue(offer.latest());
  const newer = await offer.refresh();
  if (newer) await engine.person.setCatalogue(newer);
}

/** Hands over what there is to show and what is in the cart, and listens for what is to be done. */
function start() {
  cart.onChange((lines) => engine.tell('cart', lines.map(thing)));
  engine.onStart(() => offerAll().catch((error) => console.warn(error.message)));
  engine.on('action', (action) => act(action).catch((error) => console.warn(error.message)));
}

module.exports = { besides, guesses, journeys, jump, refills, rhythm, start };

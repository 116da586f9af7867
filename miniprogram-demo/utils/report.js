// From what the engine reports to what the laboratory page draws. Pure functions, so that they can be tested.
const DAY_MS = 86400000;
const HEAT_WEEKS = 13;

const EVENT_NAMES = {
  launch: '启动', show: '回到前台', hide: '离开', page: '看页面', search: '搜索', share: '分享', error: '出错', order: '下单',
  view_product: '看商品', favourite: '收藏', choose_spec: '选规格', add_cart: '加购', remove_cart: '移出购物车', checkout: '去结算',
  order_item: '订单商品', banner_tap: '点横幅', feedback: '评价', category_tap: '点分类',
};
const PAGE_NAMES = {
  home: '首页', category: '分类', search: '搜索', product: '商品', cart: '购物车', checkout: '结算', done: '支付成功', me: '我的',
  orders: '订单', checkin: '签到', points: '积分', mall: '积分商城', lottery: '转盘', member: '会员中心', rewards: '好礼', feedback: '评价', collection: '收藏足迹', settings: '设置', lab: '实验室', '': '其他',
};
const DROP_NAMES = {
  undeclared_event: '未声明的事件', undeclared_prop: '未声明的属性', undeclared_step: '未声明的步骤', personal: '疑似个人信息',
  bad_text: '文字不合规', bad_number: '数值不合规', label_overflow: '取值过多', event_overflow: '当日事件过多', order_refused: '订单不合规',
  queue_overflow: '启动前排队过多', restart: '引擎重启', coarsened: '旧日转粗', evicted: '旧日淘汰', quarantined: '被服务器拒收',
  bad_answer: '服务器回答有误', clock_back: '时钟回拨', unreadable: '存储不可读',
};

/** Adds up the rows of one day, whoever's they are: {events, pages, flows, hours, drops, sessions}. */
function totals(rows, day) {
  const sum = { events: {}, pages: {}, flows: {}, hours: {}, sessions: 0 };
  rows.map((kept) => kept.row).filter((row) => row.d === day).forEach((row) => addRow(sum, row));
  return sum;
}

function addRow(sum, row) {
  Object.entries(row.e || {}).forEach(([name, stats]) => { add(sum.events, name, stats.n); });
  const pages = row.e && row.e.page && row.e.page.by ? row.e.page.by.page : {};
  Object.entries(pages || {}).forEach(([page, cell]) => addPage(sum.pages, page, [].concat(cell)));
  Object.entries(row.f || {}).forEach(([flow, steps]) => addSteps(sum.flows, flow, steps));
  Object.entries(row.h || {}).forEach(([hour, n]) => { add(sum.hours, hour, n); });
  if (row.ss) sum.sessions += row.ss[0];
}

function add(table, key, n) {
  table[key] = (table[key] || 0) + n;
}

function addPage(pages, page, [visits, dwell_ms]) {
  const cell = pages[page] || { visits: 0, dwell_ms: 0 };
  pages[page] = { visits: cell.visits + visits, dwell_ms: cell.dwell_ms + (dwell_ms || 0) };
}

function addSteps(flows, flow, steps) {
  const old = flows[flow] || [];
  flows[flow] = steps.map((n, i) => n + (old[i] || 0));
}

const share = (n, of) => (n > 0 && of > 0 ? Math.max(2, Math.round((n / of) * 100)) : 0);
const most = (list, get) => list.reduce((max, item) => Math.max(max, get(item)), 0);

/** Bars of today's events, most frequent first. */
function counters({ events }) {
  const bars = Object.entries(events).map(([id, n]) => ({ id, n, name: EVENT_NAMES[id] || id })).sort((a, b) => b.n - a.n).slice(0, 8);
  return bars.map((bar) => Object.assign(bar, { percent: share(bar.n, most(bars, (b) => b.n)) }));
}

/** Steps of a flow, each with the share of the first step that got so far. */
function funnel({ flows }, flow) {
  const reached = flows[flow.name] || flow.steps.map(() => 0);
  return flow.steps.map((step, i) => ({
    step, n: reached[i] || 0, name: EVENT_NAMES[step] || step, width: Math.max(14, share(reached[i] || 0, reached[0])),
    look: reached[i] > 0 ? `s${Math.min(i, 3)}` : 'none',
    kept: i > 0 && reached[i - 1] > 0 ? `${Math.round((reached[i] / reached[i - 1]) * 100)}%` : '',
  }));
}

/** Time spent on each page, longest first. */
function dwell({ pages }, text) {
  const bars = Object.entries(pages).map(([id, cell]) => Object.assign({ id, name: PAGE_NAMES[id] || id }, cell))
    .sort((a, b) => b.dwell_ms - a.dwell_ms).slice(0, 6);
  return bars.map((bar) => ({ id: bar.id, name: bar.name, visits: bar.visits, time: text(bar.dwell_ms), percent: share(bar.dwell_ms, most(bars, (b) => b.dwell_ms)) }));
}

/** Twenty-four bars, one an hour. */
function hours(sum) {
  const counts = Array.from({ length: 24 }, (_, hour) => sum.hours[hour] || 0);
  return counts.map((n, hour) => ({ hour, percent: share(n, Math.max(...counts)) }));
}

/** Thirteen weeks ending with this one, column by column from Monday; `look` is 'on', 'off' or 'later', with ' today' added once. */
function heat(activeDays, today) {
  const active = new Set(activeDays);
  const now = Date.parse(`${today}T00:00:00Z`);
  const weekday = (new Date(now).getUTCDay() + 6) % 7;
  const first = now - ((HEAT_WEEKS - 1) * 7 + weekday) * DAY_MS;
  return Array.from({ length: HEAT_WEEKS * 7 }, (_, i) => {
    const at = first + i * DAY_MS;
    const day = new Date(at).toISOString().slice(0, 10);
    if (at > now) return { day, look: 'later' };
    const look = active.has(day) ? 'on' : 'off';
    return { day, look: at === now ? `${look} today` : look };
  });
}

/** What was not counted, and why. */
function dropped(list) {
  const pairs = Array.isArray(list) ? list : Object.entries(list || {});
  return pairs.filter(([, n]) => n > 0).map(([reason, n]) => ({ reason, n, name: DROP_NAMES[reason] || reason }));
}

module.exports = { counters, dropped, dwell, funnel, heat, hours, totals };

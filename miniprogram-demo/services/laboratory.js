// What the laboratory page shows, from what the engine reports.
const clock = require('./clock');
const network = require('./network');
const phones = require('./phones');
const session = require('./session');
const format = require('../utils/format');
const report = require('../utils/report');

/** The state of things in the top panel. */
function statusOf({ revision, stats, state }) {
  const account = session.account();
  return {
    device: state.device, revision, granted: stats.consent, offline: network.isOffline(), phone: phones.name(), date: stats.consent ? state.today : format.date(clock.now()),
    user: account ? account.name : '匿名', face: account ? account.face : '/assets/scene/face-guest.svg', sessions: stats.sessions,
    days: state.active_days.length, events: stats.events_today,
  };
}

function outboxOf({ stats, log }) {
  return {
    rows: stats.unsent_rows, bytes: format.bytes(stats.unsent_bytes), requests: stats.requests, sent: format.bytes(stats.sent_bytes),
    last: stats.last_sync_at ? format.clock(stats.last_sync_at) : '—', restarts: stats.restarts,
    log: log.map((entry) => ({ id: entry.id, at: format.clock(entry.at), bytes: format.bytes(entry.bytes), status: entry.status || '失败', ok: entry.status === 200, took: `${entry.took_ms} ms` })),
  };
}

function drawingsOf({ stats, state, flows, orders }) {
  const sum = report.totals(state.rows, state.today);
  return {
    counters: report.counters(sum),
    flows: flows.map((flow) => ({ name: flow.name, steps: report.funnel(sum, flow) })),
    dwell: report.dwell(sum, format.duration),
    hours: report.hours(sum),
    heat: report.heat(state.active_days, state.today),
    dropped: report.dropped(stats.dropped),
    orders: orders.slice(-3).reverse().map((order) => ({ id: order.order_id, fen: order.paid_fen, confirmed: order.confirmed })),
  };
}

/** Everything the page binds to. */
const view = (known) => Object.assign({ status: statusOf(known), outbox: outboxOf(known) }, drawingsOf(known));

module.exports = { view };

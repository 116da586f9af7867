// Text for people, from numbers.

const pad = (n) => (n < 10 ? `0${n}` : String(n));
const HOUR_MS = 3600000;
const SHOP_ZONE_MS = 8 * HOUR_MS;

/** 12800 -> {whole: '128', cents: '.00'}; whole yuan are shown without cents when `short`. */
function priceParts(fen, short) {
  const cents = fen % 100;
  return { whole: grouped(Math.floor(fen / 100)), cents: short && cents === 0 ? '' : `.${pad(cents)}` };
}

/** 12800 -> '128.00' */
function yuan(fen) {
  const parts = priceParts(fen, false);
  return parts.whole + parts.cents;
}

/** 1234567 -> '1,234,567' */
function grouped(n) {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** 12345 -> '1.2万', below ten thousand as it is. */
function count(n) {
  return n < 10000 ? String(n) : `${Math.floor(n / 1000) / 10}万`;
}

/** Bytes in a readable unit. */
function bytes(n) {
  return n < 1024 ? `${n} B` : `${(n / 1024).toFixed(1)} KB`;
}

/** Milliseconds as '0.8 秒', '1 分 20 秒', '2 时 5 分'. */
function duration(ms) {
  if (ms < 60000) return `${(ms / 1000).toFixed(ms < 10000 ? 1 : 0)} 秒`;
  if (ms < HOUR_MS) return `${Math.floor(ms / 60000)} 分 ${Math.round((ms % 60000) / 1000)} 秒`;
  return `${Math.floor(ms / HOUR_MS)} 时 ${Math.round((ms % HOUR_MS) / 60000)} 分`;
}

/** The shop's calendar parts of an instant (the shop keeps the time of Beijing). */
function shopTime(at_ms) {
  const d = new Date(at_ms + SHOP_ZONE_MS);
  return { year: d.getUTCFullYear(), month: d.getUTCMonth() + 1, day: d.getUTCDate(), weekday: d.getUTCDay(), hour: d.getUTCHours(), minute: d.getUTCMinutes(), second: d.getUTCSeconds() };
}

/** '2026-11-22' */
function date(at_ms) {
  const t = shopTime(at_ms);
  return `${t.year}-${pad(t.month)}-${pad(t.day)}`;
}

/** '2026-11-22 09:41' */
function dateTime(at_ms) {
  const t = shopTime(at_ms);
  return `${date(at_ms)} ${pad(t.hour)}:${pad(t.minute)}`;
}

/** '09:41:05' */
function clock(at_ms) {
  const t = shopTime(at_ms);
  return `${pad(t.hour)}:${pad(t.minute)}:${pad(t.second)}`;
}

/** '20261122094105', the front of an order's number. */
function orderStamp(at_ms) {
  return (date(at_ms) + clock(at_ms)).replace(/\D/g, '');
}

/** '11 月 22 日' */
function monthDay(at_ms) {
  const t = shopTime(at_ms);
  return `${t.month} 月 ${t.day} 日`;
}

module.exports = { bytes, clock, count, date, dateTime, duration, grouped, monthDay, orderStamp, priceParts, shopTime, yuan };

// The shop's clock. The laboratory page can move it on by whole days, to show what tomorrow looks like.
const KEY = 'shop.clock';
const DAY_MS = 86400000;

let ahead_days = null;

function days() {
  if (ahead_days === null) ahead_days = Number(wx.getStorageSync(KEY)) || 0;
  return ahead_days;
}

/** How far the clock was moved on. */
const aheadMs = () => days() * DAY_MS;

/** Milliseconds since 1970, plus the days the clock was moved on. */
function now() {
  return Date.now() + aheadMs();
}

/** Moves the clock on by one day. */
function tomorrow() {
  ahead_days = days() + 1;
  wx.setStorageSync(KEY, ahead_days);
}

module.exports = { aheadDays: days, aheadMs, now, tomorrow };

// The shop's clock. The laboratory page can move it on, to show what tomorrow or the next due moment looks like.
const KEY = 'shop.clock';
const DAY_MS = 86400000;

let ahead_ms = null;

/** How far the clock was moved on. */
function aheadMs() {
  if (ahead_ms === null) ahead_ms = Number(wx.getStorageSync(KEY)) || 0;
  return ahead_ms;
}

/** Whole days of that. */
const aheadDays = () => Math.floor(aheadMs() / DAY_MS);

/** Milliseconds since 1970, plus what the clock was moved on. */
function now() {
  return Date.now() + aheadMs();
}

function move(by_ms) {
  ahead_ms = aheadMs() + by_ms;
  wx.setStorageSync(KEY, ahead_ms);
}

/** Moves the clock on to a moment; never back. */
const moveTo = (at) => move(Math.max(at - now(), 0));

/** Moves the clock on by one day. */
const tomorrow = () => move(DAY_MS);

module.exports = { aheadDays, aheadMs, moveTo, now, tomorrow };

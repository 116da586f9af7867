// Where the shop's server is. `?collector=http://…` in the launch query or the storage key wins over the default.
const STORAGE_KEY = 'shop.collector';
const DEFAULT_COLLECTOR = 'http://127.0.0.1:8787';

const isUrl = (text) => /^https?:\/\/[^\s?#]+$/.test(text || '');

/** Base address of the collector, without a slash at the end. */
function collector() {
  const chosen = wx.getStorageSync(STORAGE_KEY);
  return isUrl(chosen) ? chosen.replace(/\/+$/, '') : DEFAULT_COLLECTOR;
}

/** Remembers the address given in the launch query, if any. */
function useLaunchQuery(query) {
  const asked = query && query.collector ? decodeURIComponent(query.collector) : '';
  if (isUrl(asked)) wx.setStorageSync(STORAGE_KEY, asked);
}

module.exports = { collector, useLaunchQuery };

// What the shop offers, as the engine takes it: the server's catalogue, with its table of what goes together. Until that
// came for the first time, the shop's own list.
const catalog = require('./catalog');
const network = require('./network');

const KEY = 'shop.catalogue';
const BEST_SELLER = 255;

/** The goods that this version of the shop knows. Ware is bought once for long. */
function own() {
  const most = Math.max(...catalog.goods.map(({ sold }) => sold));
  const entry = (product) => [
    product.id, product.category, catalog.standard(product).price_fen, Math.round((BEST_SELLER * product.sold) / most), product.category === 'ware' ? 1 : 0,
  ];
  return { app: 'tea-shop', items: catalog.goods.map(entry) };
}

const kept = () => wx.getStorageSync(KEY) || {};

/** The latest that is known without asking. */
const latest = () => kept().catalogue || own();

/** Asks the server; the catalogue if it is another one than before, else null. Rejects when offline. */
async function refresh() {
  const { etag } = kept();
  const { status, data, header } = await network.get('/v1/catalogue', etag ? { 'If-None-Match': etag } : {});
  if (status !== 200 || !data || !Array.isArray(data.items)) return null;
  const tag = Object.keys(header).find((name) => name.toLowerCase() === 'etag');
  wx.setStorageSync(KEY, { etag: tag ? header[tag] : '', catalogue: data });
  return data;
}

module.exports = { latest, own, refresh };

// Where taps lead. Tab pages take no query, so a chosen category waits here until its page shows.
let category = null;

const go = (url) => wx.navigateTo({ url });

const openProduct = (id) => go(`/pages/product/product?id=${id}`);
const openSearch = (text) => go(`/pages/search/search${text ? `?text=${encodeURIComponent(text)}` : ''}`);
const openCart = () => wx.switchTab({ url: '/pages/cart/cart' });
const openHome = () => wx.switchTab({ url: '/pages/home/home' });

function openCategory(id) {
  category = id;
  wx.switchTab({ url: '/pages/category/category' });
}

/** The category asked for since the last call, or null. */
function takeCategory() {
  const taken = category;
  category = null;
  return taken;
}

/** One page back; home when this page was opened directly (a share). */
function back() {
  if (getCurrentPages().length > 1) wx.navigateBack();
  else openHome();
}

module.exports = { back, go, openCart, openCategory, openHome, openProduct, openSearch, takeCategory };

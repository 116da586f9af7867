const buying = require('../../services/buying');
const cart = require('../../services/cart');
const catalog = require('../../services/catalog');
const engine = require('../../services/engine');
const person = require('../../services/person');
const route = require('../../services/route');
const shelf = require('../../services/shelf');
const trials = require('../../services/trials');
const { count } = require('../../utils/format');

const visit = engine.pageHooks('product');
const SOLID_AFTER_PX = 220;
const FIVE = [1, 2, 3, 4, 5];
const TASTES = ['香气', '醇厚', '回甘', '鲜爽'];

const reviewOf = (review) => ({
  who: review.who, text: review.text, face: review.who.slice(0, 1), stars: FIVE.slice(0, review.stars), when: review.days < 30 ? `${review.days} 天前` : '上个月',
});
const tasteOf = (product) => (product.taste || []).map((level, i) => ({ name: TASTES[i], percent: level * 20 }));

Page({
  ...visit,

  data: { solid: false, slide: 0, product: null, pictures: [], tastes: [], brew: null, reviews: [], related: [], liked: false, inCart: 0, chosen: null, buy: trials.buyButton(), coupon_fen: 0, held: false },

  onLoad({ id }) {
    const product = catalog.find(id);
    if (!product) return;
    this.product = product;
    shelf.put('seen', id);
    const chosen = catalog.standard(product);
    engine.tell('browse', { item: id, category: product.category });
    engine.track('view_product', { category: product.category, product: id, price_fen: chosen.price_fen });
    this.setData({
      chosen,
      product: { name: product.name, sub: product.sub, tags: product.tags, origin: product.origin, season: product.season, story: product.story, was_fen: product.was_fen || 0, sold: count(product.sold) },
      pictures: catalog.gallery(product), tastes: tasteOf(product), brew: catalog.brew(product),
      reviews: product.reviews.map(reviewOf), related: catalog.related(product), liked: shelf.has('favourites', id),
    });
  },

  onShow() {
    visit.onShow();
    this.setData({ inCart: cart.count() });
    engine.ready().then(() => this.decide(), () => {});
    if (this.product) person.besides(this.product.id).then((related) => related.length && this.setData({ related }), () => {});
  },

  /** What the shop's experiments say. */
  decide() {
    this.setData({ buy: trials.buyButton(), coupon_fen: trials.heldCoupon() || trials.couponFen(), held: trials.heldCoupon() > 0 });
  },

  takeCoupon() {
    trials.takeCoupon();
    this.decide();
  },

  /** What came before the user agreed was not recorded: the visit starts now. */
  granted() {
    visit.onShow();
  },

  onPageScroll({ scrollTop }) {
    const solid = scrollTop > SOLID_AFTER_PX;
    if (solid !== this.data.solid) this.setData({ solid });
  },

  onShareAppMessage() {
    engine.track('share', { channel: 'friend' });
    return { title: `${this.product.name}｜山月茶事`, path: `/pages/product/product?id=${this.product.id}` };
  },

  slideTo(e) {
    this.setData({ slide: e.detail.current });
  },

  choose(e) {
    this.selectComponent('#spec').open(this.product.id, e.currentTarget.dataset.way, this.data.chosen.id);
  },

  chosen(e) {
    this.setData({ chosen: catalog.spec(this.product, e.detail.spec) });
  },

  added() {
    this.setData({ inCart: cart.count() });
  },

  like() {
    const liked = buying.toggleFavourite(this.product.id);
    this.setData({ liked });
    wx.showToast({ title: liked ? '已收藏' : '已取消收藏', icon: 'none' });
  },

  openCart() {
    route.openCart();
  },

  openHome() {
    route.openHome();
  },
});

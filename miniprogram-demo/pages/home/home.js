const catalog = require('../../services/catalog');
const cart = require('../../services/cart');
const clock = require('../../services/clock');
const engine = require('../../services/engine');
const loyalty = require('../../services/loyalty');
const notices = require('../../services/notices');
const person = require('../../services/person');
const route = require('../../services/route');
const display = require('../../data/home');
const { monthDay } = require('../../utils/format');

const visit = engine.pageHooks('home');
const SOLID_AFTER_PX = 60;

Page({
  ...visit,

  data: {
    solid: false,
    slide: 0,
    banners: display.banners,
    promises: display.promises,
    categories: catalog.categories,
    today: null,
    nudge: null,
    notices: [],
    guesses: [],
    refills: [],
    recommended: catalog.cards(display.recommended),
    fresh: catalog.cards(display.fresh),
  },

  onLoad() {
    notices.onChange(() => this.setData({ notices: notices.all() }));
  },

  onShow() {
    visit.onShow();
    this.setData({ notices: notices.all() });
    cart.showBadge();
    this.setData({ today: Object.assign({ day: monthDay(clock.now()) }, catalog.ofTheDay(clock.now())) });
    this.look();
  },

  /** The check-in of today, what she may like and what she may need again; nothing before somebody agreed. */
  async look() {
    const [nudge, guesses, refills] = await Promise.all([loyalty.nudge(), person.guesses(), person.refills()].map((view) => view.catch(() => null)));
    this.setData({ nudge, guesses: guesses || [], refills: refills || [] });
  },

  /** What came before the user agreed was not recorded: the visit starts now. */
  granted() {
    visit.onShow();
    this.look();
  },

  openCheckin() {
    route.go('/pages/checkin/checkin');
  },

  openMall() {
    route.go('/pages/mall/mall');
  },

  onPageScroll({ scrollTop }) {
    const solid = scrollTop > SOLID_AFTER_PX;
    if (solid !== this.data.solid) this.setData({ solid });
  },

  onShareAppMessage() {
    engine.track('share', { channel: 'friend' });
    return { title: '山月茶事 · 今日一泡，为你留着', path: '/pages/home/home' };
  },

  slideTo(e) {
    this.setData({ slide: e.detail.current });
  },

  openSearch() {
    route.openSearch();
  },

  openBanner(e) {
    const banner = this.data.banners[e.currentTarget.dataset.index];
    engine.track('banner_tap', { banner: banner.id });
    route.openCategory(banner.category);
  },

  openCategory(e) {
    const { id } = e.currentTarget.dataset;
    engine.track('category_tap', { category: id });
    route.openCategory(id);
  },

  openToday() {
    route.openProduct(this.data.today.id);
  },

  followNotice(e) {
    notices.follow(e.currentTarget.dataset.id);
  },

  closeNotice(e) {
    notices.close(e.currentTarget.dataset.id);
  },

  openRefill(e) {
    route.openCategory(e.currentTarget.dataset.category);
  },

  openAll() {
    route.openCategory('green');
  },

  choose(e) {
    this.selectComponent('#spec').open(e.detail.id, 'both');
  },
});

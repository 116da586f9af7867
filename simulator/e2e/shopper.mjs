// What a shopper does in the demo shop, by hand.
import { Phone } from './browser.mjs';

/** A phone with the shop open. */
export class Shopper {
  constructor(phone) {
    this.phone = phone;
  }

  /** Opens the shop on a new phone; it talks to `collector`. */
  static async open(browser, site, collector, options) {
    const query = `collector=${encodeURIComponent(collector.url)}`;
    return new Shopper(await Phone.open(browser, `${site}?${query}`, options));
  }

  /** Goes to a page of the tab bar. */
  async tab(name) {
    await this.phone.touch(this.phone.page.locator('#phone-tabbar button', { hasText: name }));
  }

  /** Says yes to being recorded. */
  async agree() {
    await this.phone.tap('#consent-agree');
    await this.phone.find('#consent-agree').waitFor({ state: 'hidden' });
  }

  /** Opens a product from its shelf. */
  async openProduct(category, product) {
    await this.tab('分类');
    await this.phone.tap(`#side-${category}`);
    await this.phone.tap(`#goods-${product}`);
    await this.phone.find('#product-add').waitFor();
  }

  /** Looks at a product and goes back to the shelf. */
  async view(category, product) {
    await this.openProduct(category, product);
    await this.back();
  }

  /** One page back, by the shop's own arrow. */
  async back() {
    await this.phone.touch(this.phone.find('[aria-label="返回"]'));
    await this.phone.page.locator('.phone-slide-out').waitFor({ state: 'detached' });
  }

  /** Puts the open product into the cart. */
  async addToCart() {
    await this.phone.tap('#product-add');
    await this.phone.tap('#spec-add');
  }

  /** Buys one product by itself, straight from its page; returns the order's number. */
  async buy(category, product) {
    await this.openProduct(category, product);
    await this.addToCart();
    await this.back();
    return this.buyCart();
  }

  /** Closes the sheet that lies over the page. */
  async closeSheet() {
    const cross = this.phone.find('[aria-label="关闭"]:visible');
    await this.phone.touch(cross);
    await cross.waitFor({ state: 'hidden' });
  }

  /** Opens a page from 我的, by the id of what leads there. */
  async openFromMe(entry) {
    await this.tab('我的');
    await this.phone.tap(entry);
  }

  /** Closes the sheet that shows what was got; returns its title. */
  async takeAward() {
    await this.phone.find('#award-ok').waitFor();
    const title = await this.phone.text('#award-title');
    await this.phone.tap('#award-ok');
    await this.phone.find('#award-ok').waitFor({ state: 'hidden' });
    return title;
  }

  /** Checks in on its page, and leaves it; returns the length of the run. */
  async checkIn() {
    await this.openFromMe('#me-checkin');
    await this.phone.tap('#checkin-button');
    await this.allowMessages();
    await this.takeAward();
    const length = Number(await this.phone.text('#checkin-length'));
    await this.back();
    return length;
  }

  /** Says yes to messages, if the shop asks. */
  async allowMessages() {
    const allow = this.phone.page.getByRole('button', { name: '允许' });
    const award = this.phone.find('#award-ok');
    await allow.or(award).first().waitFor();
    if (await allow.isVisible()) await this.phone.touch(allow);
  }

  /** Lets a day pass in the laboratory, and leaves it. */
  async tomorrow(days = 1) {
    await this.openLab();
    for (let i = 0; i < days; i += 1) await this.phone.tap('#lab-tomorrow');
    await this.back();
  }

  /** Points as 我的 shows them. */
  async points() {
    await this.tab('我的');
    return Number((await this.phone.waitText('#me-points-value', /\d/)).replace(/,/g, ''));
  }

  /** Pays for the cart; returns the order's number. */
  async buyCart() {
    await this.tab('购物车');
    await this.phone.tap('#cart-checkout');
    await this.phone.tap('#checkout-pay');
    const order_id = await this.phone.waitText('#done-order', /^\d+$/);
    await this.phone.tap('#done-home');
    return order_id;
  }

  /** Opens the laboratory; returns the id of this phone. */
  async openLab() {
    await this.tab('我的');
    await this.phone.tap('#me-lab');
    return (await this.phone.waitText('#lab-device', /^[0-9a-f]{16}$/i)).toLowerCase();
  }

  /** Sends what is waiting; returns the id of this phone. The laboratory is left again. */
  async sync(expected = '已同步') {
    const device = await this.openLab();
    await this.phone.tap('#lab-sync');
    await this.phone.page.locator('.phone-toast', { hasText: expected }).waitFor();
    await this.back();
    return device;
  }

  /** Changes the account in the laboratory, and leaves it. */
  async signIn(name) {
    await this.openLab();
    await this.phone.tap('#lab-switch');
    await this.phone.touch(this.phone.page.getByRole('button', { name }));
    await this.phone.waitText('#lab-user', name);
    await this.back();
  }

  /** Keys of what the engine keeps on the phone. */
  async engineKeys() {
    return Object.keys(await this.phone.control('storage')).filter((key) => key.startsWith('huitou.'));
  }

  /** Ends it. */
  close() {
    return this.phone.close();
  }
}

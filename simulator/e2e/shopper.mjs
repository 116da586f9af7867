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

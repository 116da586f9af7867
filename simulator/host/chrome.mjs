// What WeChat draws around a page: status bar, capsule, tab bar.

/** Status bar and capsule; they follow the colours of the page in front. */
export class Chrome {
  constructor(phone) {
    this.phone = phone;
    this.time = document.getElementById('phone-time');
    this.drawTime();
    setInterval(() => this.drawTime(), 1000);
    document.getElementById('phone-menu').addEventListener('click', () => this.#openMenu());
    document.getElementById('phone-close').addEventListener('click', () => phone.controls.hide());
    document.getElementById('phone-hidden').addEventListener('click', () => phone.controls.show());
  }

  /** Shows the phone's own time. */
  drawTime() {
    const now = new Date(this.phone.clock.now());
    this.time.textContent = `${now.getHours()}:${String(now.getMinutes()).padStart(2, '0')}`;
    document.body.classList.toggle('is-offline', this.phone.network.offline);
  }

  /** Takes colours, title and tab from the page in front. */
  follow(page) {
    document.body.classList.toggle('is-dark-bar', page.bar.isDark);
    document.title = page.bar.title.textContent;
    this.phone.tabBar.select(page);
  }

  async #openMenu() {
    const choice = await this.phone.overlay.actionSheet(['转发给朋友', '重新进入小程序']);
    if (choice === 0) this.phone.share('menu');
    if (choice === 1) this.phone.controls.relaunch();
  }
}

/** The bar of tabs declared in app.json. */
export class TabBar {
  constructor(phone) {
    this.phone = phone;
    this.config = phone.config.app.tabBar ?? { list: [] };
    this.element = document.getElementById('phone-tabbar');
    this.element.hidden = this.config.list.length === 0;
    this.element.style.backgroundColor = this.config.backgroundColor ?? '#ffffff';
    this.items = this.config.list.map((item) => this.#addItem(item));
  }

  /** Whether a page is a tab. */
  has(path) {
    return this.config.list.some(({ pagePath }) => pagePath === path);
  }

  /** Marks the tab of the page in front. */
  select(page) {
    if (!page.isTab) return;
    this.config.list.forEach((item, index) => this.#draw(index, item.pagePath === page.path));
  }

  /** `wx.setTabBarBadge`; an empty text removes it. */
  setBadge(index, text) {
    this.items[index].badge.textContent = text;
    this.items[index].badge.hidden = text === '';
  }

  #addItem({ pagePath, text }) {
    const button = document.createElement('button');
    const image = document.createElement('img');
    const badge = document.createElement('i');
    badge.hidden = true;
    image.alt = '';
    button.append(image, text, badge);
    button.addEventListener('click', () => {
      const { router } = this.phone;
      router.switchTab(`/${pagePath}`);
      router.top.call('onTabItemTap', { index: this.config.list.findIndex((item) => item.pagePath === pagePath), pagePath, text });
    });
    this.element.append(button);
    return { button, image, badge };
  }

  #draw(index, isSelected) {
    const { iconPath, selectedIconPath } = this.config.list[index];
    const { button, image } = this.items[index];
    const icon = (isSelected && selectedIconPath) || iconPath;
    image.hidden = !icon;
    if (icon) image.src = icon.replace(/^\//, '');
    button.setAttribute('aria-selected', String(isSelected));
    button.style.color = (isSelected ? this.config.selectedColor : this.config.color) ?? '';
  }
}

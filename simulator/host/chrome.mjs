// What WeChat draws around a page: status bar, capsule, tab bar.

const STATUS_ICONS = `<svg width="68" height="13" viewBox="0 0 68 13" fill="currentColor" aria-hidden="true">
<rect x="0" y="8" width="3" height="5" rx=".8"/><rect x="4.7" y="5.6" width="3" height="7.4" rx=".8"/><rect x="9.4" y="3" width="3" height="10" rx=".8"/><rect x="14.1" y="0" width="3" height="13" rx=".8"/>
<path class="phone-wifi" d="M24 4.4a11 11 0 0 1 15 0l-1.6 1.8a8.6 8.6 0 0 0-11.8 0zM26.8 7.5a7 7 0 0 1 9.4 0l-1.6 1.8a4.6 4.6 0 0 0-6.2 0zM29.4 10.4a3 3 0 0 1 4.2 0L31.5 13z"/>
<rect x="43.5" y=".5" width="21" height="12" rx="3.4" fill="none" stroke="currentColor" opacity=".45"/><rect x="45" y="2" width="18" height="9" rx="2"/><path d="M66 4.6v3.8c.9-.3 1.5-1 1.5-1.9s-.6-1.6-1.5-1.9z" opacity=".45"/></svg>`;

/** Status bar and capsule; they follow the colours of the page in front. */
export class Chrome {
  constructor(phone) {
    this.phone = phone;
    this.status = document.getElementById('phone-status');
    this.status.innerHTML = `<b></b>${STATUS_ICONS}`;
    this.drawTime();
    setInterval(() => this.drawTime(), 1000);
    document.getElementById('phone-menu').addEventListener('click', () => this.#openMenu());
    document.getElementById('phone-close').addEventListener('click', () => phone.controls.hide());
    document.getElementById('phone-hidden').addEventListener('click', () => phone.controls.show());
  }

  /** Shows the phone's own time. */
  drawTime() {
    const now = new Date(this.phone.clock.now());
    this.status.firstChild.textContent = `${now.getHours()}:${String(now.getMinutes()).padStart(2, '0')}`;
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

// The bar above a page: title, back arrow, colours. The capsule is drawn once, by the phone.

const BACK = '<svg viewBox="0 0 24 24" width="24" height="24" fill="none" '
  + 'stroke="currentColor" stroke-width="1.8"><path d="M15 4.5 7.5 12l7.5 7.5"/></svg>';

/** The navigation bar of one page. */
export class NavigationBar {
  constructor(phone, page) {
    const { config } = page;
    this.phone = phone;
    this.isCustom = config.navigationStyle === 'custom';
    this.element = document.createElement('div');
    this.element.className = 'phone-nav';
    this.title = document.createElement('span');
    this.title.className = 'phone-nav-title';
    this.element.append(this.title);
    this.setTitle(config.navigationBarTitleText ?? '');
    this.setColors(config.navigationBarBackgroundColor ?? '#000000', config.navigationBarTextStyle === 'black' ? '#000000' : '#ffffff');
  }

  /** Shows the arrow that goes back; a page with a bar of its own draws its own. */
  addBack() {
    if (this.isCustom) return;
    const back = document.createElement('button');
    back.className = 'phone-nav-back';
    back.setAttribute('aria-label', '返回');
    back.innerHTML = BACK;
    back.addEventListener('click', () => this.phone.router.back(1));
    this.element.prepend(back);
  }

  /** `wx.setNavigationBarTitle` */
  setTitle(text) {
    this.title.textContent = text;
  }

  /** `wx.setNavigationBarColor` */
  setColors(background, front) {
    this.isDark = front.toLowerCase() !== '#000000';
    this.element.style.backgroundColor = background;
    this.element.style.color = front;
  }
}

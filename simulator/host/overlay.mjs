// What wx.show… draws above the pages: toast, loading, modal, action sheet.
import { asynchronous } from './answer.mjs';

const TOAST_MS = 1500;
const MARKS = { success: '✓', error: '!', loading: '' };

function make(tag, className, text = '') {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** The layer above the pages. */
export class Overlay {
  constructor() {
    this.element = document.getElementById('phone-overlay');
  }

  /** Shows a short message; a new one replaces the old one. */
  toast({ title = '', icon = 'success', image, duration = TOAST_MS, mask = false }) {
    this.hideToast();
    const isPlain = icon === 'none' && !image;
    this.toastElement = make('div', `phone-toast${isPlain ? ' is-plain' : ''}${mask ? ' is-mask' : ''}`);
    const box = make('div', 'phone-toast-box');
    if (!isPlain) box.append(this.#mark(icon, image));
    box.append(make('span', 'phone-toast-text', title));
    this.toastElement.append(box);
    this.element.append(this.toastElement);
    clearTimeout(this.toastTimer);
    if (Number.isFinite(duration)) this.toastTimer = setTimeout(() => this.hideToast(), duration);
  }

  #mark(icon, image) {
    if (image) return Object.assign(make('img', 'phone-toast-mark'), { src: image.replace(/^\//, '') });
    return make('i', `phone-toast-mark is-${icon}`, MARKS[icon] ?? '');
  }

  /** Removes the toast or the loading box. */
  hideToast() {
    this.toastElement?.remove();
  }

  /** Asks; answers with true for the right button. `content` is the text typed when editable. */
  modal({ title = '', content = '', showCancel = true, editable = false, placeholderText = '', ...look }) {
    const { cancelText = '取消', confirmText = '确定', cancelColor = '#000000', confirmColor = '#576B95' } = look;
    const box = make('div', 'phone-modal');
    const input = Object.assign(make('textarea', 'phone-modal-input'), { value: content, placeholder: placeholderText });
    if (title) box.append(make('h3', '', title));
    if (editable) box.append(input);
    else if (content) box.append(make('p', '', content));
    const buttons = make('div', 'phone-modal-buttons');
    box.append(buttons);
    return this.#ask(box, 'is-center', (close) => {
      const add = (text, color, isConfirmed) => {
        const button = make('button', '', text);
        button.style.color = color;
        button.addEventListener('click', () => close({ isConfirmed, text: input.value }));
        buttons.append(button);
      };
      if (showCancel) add(cancelText, cancelColor, false);
      add(confirmText, confirmColor, true);
    });
  }

  /** Lets the user choose; answers with the index, or -1. */
  actionSheet(items, color = '#000000') {
    const sheet = make('div', 'phone-sheet');
    return this.#ask(sheet, 'is-bottom', (close, mask) => {
      items.forEach((text, index) => {
        const button = make('button', '', text);
        button.style.color = color;
        button.addEventListener('click', () => close(index));
        sheet.append(button);
      });
      const cancel = make('button', 'phone-sheet-cancel', '取消');
      cancel.addEventListener('click', () => close(-1));
      mask.addEventListener('click', (event) => { if (event.target === mask) close(-1); });
      sheet.append(cancel);
    });
  }

  #ask(box, place, wire) {
    return new Promise((resolve) => {
      const mask = make('div', `phone-mask ${place}`);
      mask.append(box);
      wire((answer) => { mask.remove(); resolve(answer); }, mask);
      this.element.append(mask);
    });
  }
}

/** At most so many templates in one question. */
const TEMPLATES_MAX = 3;

/** The question for subscription messages: only within a tap, as WeChat has it. All of them or none. */
async function subscribe(phone, { tmplIds = [] }) {
  if (!navigator.userActivation.isActive) throw new phone.ApiFailure('can only be invoked by user TAP gesture.');
  if (tmplIds.length === 0 || tmplIds.length > TEMPLATES_MAX) throw new phone.ApiFailure('Templates count out of range');
  const { isConfirmed } = await phone.overlay.modal({ title: '申请向你发送以下消息', content: tmplIds.join('\n'), confirmText: '允许' });
  return Object.fromEntries(tmplIds.map((id) => [id, isConfirmed ? 'accept' : 'reject']));
}

/** The interaction part of `wx`. */
export function overlayApi(phone) {
  const { overlay } = phone;
  const api = (name, work) => asynchronous(phone, name, work);
  return {
    showToast: api('showToast', (options) => overlay.toast(options)),
    hideToast: api('hideToast', () => overlay.hideToast()),
    showLoading: api('showLoading', ({ title, mask }) => overlay.toast({ title, mask, icon: 'loading', duration: Infinity })),
    hideLoading: api('hideLoading', () => overlay.hideToast()),
    showModal: api('showModal', async (options) => {
      const { isConfirmed, text } = await overlay.modal(options);
      return { confirm: isConfirmed, cancel: !isConfirmed, content: options.editable && isConfirmed ? text : null };
    }),
    requestSubscribeMessage: api('requestSubscribeMessage', (options) => subscribe(phone, options)),
    showActionSheet: api('showActionSheet', async ({ itemList, itemColor }) => {
      const tapIndex = await overlay.actionSheet(itemList, itemColor);
      if (tapIndex < 0) throw new phone.ApiFailure('cancel');
      return { tapIndex };
    }),
  };
}

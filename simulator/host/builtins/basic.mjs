// view, text, label, navigator, button.
import { addHover, componentOf, emit, reflect } from './define.mjs';

const HOVER = { hoverClass: String, hoverStartTime: Number, hoverStayTime: Number, hoverStopPropagation: Boolean };
const FIELDS = 'wx-checkbox, wx-radio, wx-switch, wx-input, wx-textarea';
const OPEN_TYPES = ['', 'share'];

const view = { properties: HOVER, attached() { addHover(this); } };

const text = {
  properties: { selectable: Boolean, userSelect: Boolean, space: String, decode: Boolean },
  observers: { 'selectable, userSelect': function select(selectable, userSelect) { reflect(this, 'selectable', selectable || userSelect); } },
};

/** A tap on a label is a tap on its field. */
const label = {
  properties: { for: String },
  attached() {
    this.addListener('tap', (event) => {
      if (event.target?.$$?.closest?.(FIELDS)) return;
      const page = this.$$.closest('wx-page');
      const field = this.data.for ? page.querySelector(`[id="${this.data.for}"]`) : this.$$.querySelector(FIELDS);
      componentOf(field)?.activate?.();
    });
  },
};

const navigator = (phone) => ({
  properties: { ...HOVER, url: String, openType: { type: String, value: 'navigate' }, delta: { type: Number, value: 1 } },
  attached() {
    addHover(this);
    const go = {
      navigate: () => phone.api.navigateTo({ url: this.data.url }),
      redirect: () => phone.api.redirectTo({ url: this.data.url }),
      switchTab: () => phone.api.switchTab({ url: this.data.url }),
      reLaunch: () => phone.api.reLaunch({ url: this.data.url }),
      navigateBack: () => phone.api.navigateBack({ delta: this.data.delta }),
    };
    this.addListener('tap', () => {
      if (!go[this.data.openType]) throw new Error(`<navigator open-type="${this.data.openType}"> is not implemented by the simulator`);
      go[this.data.openType]();
    });
  },
});

const button = (phone) => ({
  properties: {
    ...HOVER, hoverClass: { type: String, value: 'button-hover' },
    type: { type: String, value: 'default' }, size: { type: String, value: 'default' },
    plain: Boolean, disabled: Boolean, loading: Boolean, formType: String, openType: String,
  },
  observers: {
    type(value) { reflect(this, 'type', value); },
    size(value) { reflect(this, 'size', value); },
    plain(value) { reflect(this, 'plain', value); },
    disabled(value) { reflect(this, 'disabled', value); },
    loading(value) { reflect(this, 'loading', value); },
  },
  attached() {
    addHover(this);
    if (!this.data.ariaRole) reflect(this, 'role', 'button');
    this.addListener('tap', () => {
      if (!OPEN_TYPES.includes(this.data.openType)) throw new Error(`<button open-type="${this.data.openType}"> is not implemented by the simulator`);
      if (this.data.openType === 'share') phone.share('button', { id: this.id, dataset: this.dataset });
      const form = this.data.formType && componentOf(this.$$.closest('wx-form'));
      if (form) form[this.data.formType]();
    });
  },
});

/** Walks the fields of a form that have a name. */
function namedFields(form) {
  return [...form.$$.querySelectorAll('*')].map(componentOf).filter((field) => field?.data?.name && field.fieldValue);
}

const form = {
  properties: { reportSubmit: Boolean },
  methods: {
    submit() {
      const value = Object.fromEntries(namedFields(this).map((field) => [field.data.name, field.fieldValue()]));
      emit(this, 'submit', { value });
    },
    reset() {
      namedFields(this).forEach((field) => field.resetValue());
      emit(this, 'reset');
    },
  },
};

/** Definitions by tag. */
export const basicBuiltins = (phone) => ({
  view, text, label, form, 'cover-view': view, navigator: navigator(phone), button: button(phone),
});

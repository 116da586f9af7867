// input, textarea, switch, checkbox, radio, slider, picker.
import { componentOf, emit, reflect } from './define.mjs';

const KEYBOARDS = { number: 'numeric', digit: 'decimal', idcard: 'text', tel: 'tel', text: 'text', nickname: 'text' };

const TEXT_PROPERTIES = {
  value: String, name: String, placeholder: String, placeholderClass: String, placeholderStyle: String, disabled: Boolean,
  type: { type: String, value: 'text' }, password: Boolean, maxlength: { type: Number, value: 140 }, focus: Boolean,
  confirmType: { type: String, value: 'done' }, confirmHold: Boolean, cursorSpacing: Number, adjustPosition: Boolean,
  autoHeight: Boolean, showConfirmBar: Boolean, alwaysEmbed: Boolean, holdKeyboard: Boolean,
};

/** Copies the properties to the native field. */
function drawField(component) {
  const { field, data } = component;
  if (!field) return;
  if (field.value !== data.value) field.value = data.value;
  field.placeholder = data.placeholder;
  field.disabled = data.disabled;
  field.inputMode = KEYBOARDS[data.type] ?? 'text';
  field.maxLength = data.maxlength;
  if (field.tagName === 'INPUT') field.type = data.password ? 'password' : 'text';
  if (data.placeholderStyle) component.$$.style.setProperty('--placeholder-color', /color:\s*([^;]+)/.exec(data.placeholderStyle)?.[1] ?? '');
}

/** What a native field tells becomes WeChat's events. */
function listenToField(component) {
  const { field } = component;
  const tell = (name, more) => emit(component, name, { value: field.value, ...more });
  field.addEventListener('input', () => {
    if (component.data.autoHeight) growTo(field);
    component.setData({ value: field.value });
    tell('input', { cursor: field.selectionStart, keyCode: 0 });
  });
  field.addEventListener('focus', () => tell('focus', { height: 0 }));
  field.addEventListener('blur', () => { tell('blur', { cursor: field.selectionStart }); tell('change'); });
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.isComposing || field.tagName === 'TEXTAREA') return;
    tell('confirm');
    if (!component.data.confirmHold) field.blur();
  });
}

function growTo(field) {
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}

const textField = (tag) => ({
  properties: TEXT_PROPERTIES,
  observers: {
    'value, placeholder, placeholderStyle, disabled, type, password, maxlength': function draw() { drawField(this); },
    focus(isFocused) { if (this.field) this.field[isFocused ? 'focus' : 'blur'](); },
  },
  attached() {
    this.field = document.createElement(tag);
    this.initialValue = this.data.value;
    this.$$.appendChild(this.field);
    drawField(this);
    listenToField(this);
    if (this.data.focus) requestAnimationFrame(() => this.field.focus());
    if (this.data.autoHeight) requestAnimationFrame(() => growTo(this.field));
  },
  methods: {
    fieldValue() { return this.field.value; },
    resetValue() { this.setData({ value: this.initialValue }); },
    activate() { this.field.focus(); },
  },
});

const switchField = {
  properties: { checked: Boolean, name: String, disabled: Boolean, color: String, type: String },
  observers: {
    checked(value) { reflect(this, 'aria-checked', String(value)); },
    color(value) { this.$$.style.setProperty('--switch-color', value); },
    disabled(value) { reflect(this, 'disabled', value); },
  },
  attached() {
    this.initialValue = this.data.checked;
    reflect(this, 'role', 'switch');
    reflect(this, 'aria-checked', String(this.data.checked));
    this.addListener('tap', () => this.activate());
  },
  methods: {
    fieldValue() { return this.data.checked; },
    resetValue() { this.setData({ checked: this.initialValue }); },
    activate() {
      if (this.data.disabled) return;
      this.setData({ checked: !this.data.checked });
      emit(this, 'change', { value: this.data.checked });
    },
  },
};

/** A box of a group: `isSingle` for radio buttons. */
const choice = (tag, isSingle) => ({
  properties: { value: String, checked: Boolean, disabled: Boolean, color: String, name: String },
  observers: {
    checked(value) { reflect(this, 'aria-checked', String(value)); },
    color(value) { this.$$.style.setProperty('--choice-color', value); },
    disabled(value) { reflect(this, 'disabled', value); },
  },
  attached() {
    const mark = document.createElement('i');
    mark.className = 'wx-choice-mark';
    this.$$.prepend(mark);
    this.initialValue = this.data.checked;
    reflect(this, 'role', tag);
    reflect(this, 'aria-checked', String(this.data.checked));
    this.addListener('tap', () => this.activate());
  },
  methods: {
    activate() {
      if (this.data.disabled || (isSingle && this.data.checked)) return;
      const group = componentOf(this.$$.closest(`wx-${tag}-group`));
      if (isSingle && group) group.members().forEach((member) => member.setData({ checked: false }));
      this.setData({ checked: !this.data.checked });
      if (group) emit(group, 'change', { value: group.fieldValue() });
    },
  },
});

const choiceGroup = (tag, isSingle) => ({
  properties: { name: String },
  methods: {
    members() { return [...this.$$.querySelectorAll(`wx-${tag}`)].map(componentOf); },
    fieldValue() {
      const values = this.members().filter(({ data }) => data.checked).map(({ data }) => data.value);
      return isSingle ? values[0] ?? '' : values;
    },
    resetValue() { this.members().forEach((member) => member.setData({ checked: member.initialValue })); },
  },
});

const slider = {
  properties: {
    min: Number, max: { type: Number, value: 100 }, step: { type: Number, value: 1 }, value: Number, name: String,
    disabled: Boolean, activeColor: String,
  },
  observers: { 'min, max, step, value, disabled': function draw() { this.draw(); } },
  attached() {
    this.field = Object.assign(document.createElement('input'), { type: 'range' });
    this.$$.appendChild(this.field);
    this.draw();
    this.field.addEventListener('input', () => emit(this, 'changing', { value: Number(this.field.value) }));
    this.field.addEventListener('change', () => emit(this, 'change', { value: Number(this.field.value) }));
  },
  methods: {
    draw() {
      if (!this.field) return;
      const { min, max, step, value, disabled, activeColor } = this.data;
      Object.assign(this.field, { min, max, step, value, disabled });
      this.field.style.accentColor = activeColor;
    },
    fieldValue() { return Number(this.field.value); },
    resetValue() { this.draw(); },
  },
};

const picker = (phone) => ({
  properties: {
    mode: { type: String, value: 'selector' }, range: Array, rangeKey: String, value: null, name: String, disabled: Boolean,
  },
  attached() {
    this.initialValue = this.data.value;
    this.addListener('tap', async () => {
      if (this.data.disabled) return;
      if (this.data.mode !== 'selector') throw new Error(`<picker mode="${this.data.mode}"> is not implemented by the simulator`);
      const { range, rangeKey } = this.data;
      const chosen = await phone.overlay.actionSheet(range.map((item) => String(rangeKey ? item[rangeKey] : item)));
      if (chosen < 0) emit(this, 'cancel');
      else this.choose(chosen);
    });
  },
  methods: {
    choose(index) {
      this.setData({ value: index });
      emit(this, 'change', { value: String(index) });
    },
    fieldValue() { return this.data.value; },
    resetValue() { this.setData({ value: this.initialValue }); },
  },
});

/** Definitions by tag. */
export const fieldBuiltins = (phone) => ({
  input: textField('input'),
  textarea: textField('textarea'),
  switch: switchField,
  checkbox: choice('checkbox', false),
  'checkbox-group': choiceGroup('checkbox', false),
  radio: choice('radio', true),
  'radio-group': choiceGroup('radio', true),
  slider,
  picker: picker(phone),
});

// How a built-in component is described: properties, what happens when it is attached, and how changes are drawn.

// Accepted by every built-in.
const COMMON_PROPERTIES = { hidden: Boolean, ariaRole: String, ariaLabel: String, ariaHidden: Boolean };
const COMMON_OBSERVERS = {
  hidden(value) { this.$$.toggleAttribute('hidden', value); },
  ariaRole(value) { reflect(this, 'role', value); },
  ariaLabel(value) { reflect(this, 'aria-label', value); },
};
const HOVER_END_MS = 70;

/** Writes a property as an attribute of the element; empty removes it. */
export function reflect(component, name, value) {
  if (value === false || value === '' || value == null) component.$$.removeAttribute(name);
  else component.$$.setAttribute(name, value === true ? '' : value);
}

/** Sends an event of a built-in; `isBubbling` for those that WeChat bubbles. */
export function emit(component, name, detail = {}, isBubbling = false) {
  component.triggerEvent(name, detail, { bubbles: isBubbling, composed: isBubbling });
}

/** The component behind a DOM element. */
export const componentOf = (element) => element?.__wxElement ?? null;

/**
 * Registers a built-in.
 * @param {object} space glass-easel component space
 * @param {string} tag
 * @param {{properties?: object, observers?: object, attached?: Function, detached?: Function, methods?: object}} spec
 *   functions run with the component as `this`; `this.$$` is its element
 */
export function registerBuiltin(space, tag, spec) {
  const definition = {
    properties: { ...COMMON_PROPERTIES, ...spec.properties },
    observers: { ...COMMON_OBSERVERS, ...spec.observers },
    methods: spec.methods ?? {},
    lifetimes: {
      attached: spec.attached ?? (() => {}),
      detached() {
        this.listening?.abort();
        spec.detached?.call(this);
      },
    },
  };
  space.setGlobalUsingComponent(tag, space.define(`builtin/${tag}`).definition(definition).registerComponent());
}

/** Listens on the window for as long as the component is attached. */
export function listenGlobally(component, types, listener) {
  component.listening ??= new AbortController();
  for (const type of types) window.addEventListener(type, listener, { signal: component.listening.signal });
}

/** Puts `hover-class` on while a finger is down. */
export function addHover(component) {
  const toggle = (isOn) => {
    const { hoverClass, disabled } = component.data;
    if (!hoverClass || hoverClass === 'none' || (isOn && disabled)) return;
    for (const name of hoverClass.split(/\s+/)) component.toggleNodeClass(name, isOn);
  };
  let timer = 0;
  component.$$.addEventListener('pointerdown', () => { clearTimeout(timer); toggle(true); });
  for (const type of ['pointerup', 'pointercancel', 'pointerleave']) {
    component.$$.addEventListener(type, () => { timer = setTimeout(() => toggle(false), HOVER_END_MS); });
  }
}

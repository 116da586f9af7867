// wx.createSelectorQuery over the drawn page; `node` gives a canvas.
import { pageOrigin } from './backend.mjs';

const RECT = { id: true, dataset: true, rect: true, size: true };
const SCROLL = { id: true, dataset: true, scrollOffset: true };

function scrollOffset(element) {
  const { scrollLeft, scrollTop, scrollWidth, scrollHeight } = element;
  return { scrollLeft, scrollTop, scrollWidth, scrollHeight };
}

function relativeRect(element) {
  const origin = pageOrigin(element);
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return { left: left - origin.left, top: top - origin.top, right: right - origin.left, bottom: bottom - origin.top };
}

/** What `fields` asks of one element. */
function measure(component, fields) {
  const element = component.$$;
  const { width, height } = element.getBoundingClientRect();
  const named = (names, read) => Object.fromEntries((names ?? []).map((name) => [name, read(name)]));
  const style = fields.computedStyle && getComputedStyle(element);
  return {
    ...(fields.id && { id: component.id }),
    ...(fields.dataset && { dataset: component.dataset }),
    ...(fields.rect && relativeRect(element)),
    ...(fields.size && { width, height }),
    ...(fields.scrollOffset && scrollOffset(element)),
    ...(fields.node && { node: component.canvasNode ?? null }),
    ...named(fields.computedStyle, (name) => style[name]),
    ...named(fields.properties, (name) => component.data?.[name]),
  };
}

function measureViewport(scroller) {
  const { clientWidth: width, clientHeight: height } = scroller;
  return { id: '', dataset: {}, left: 0, top: 0, right: width, bottom: height, width, height, ...scrollOffset(scroller) };
}

/** One query: selections are gathered, then measured together after the next frame. */
class SelectorQuery {
  constructor(phone) {
    this.phone = phone;
    this.steps = [];
  }

  /** Searches inside `component` instead of the page. */
  in(component) {
    this.scope = component._$ ?? component;
    return this;
  }

  /** The first element that matches. */
  select(selector) {
    return this.#reference((root, fields) => {
      const found = root.shadowRoot.querySelector(selector);
      return found ? measure(found, fields) : null;
    });
  }

  /** All elements that match. */
  selectAll(selector) {
    return this.#reference((root, fields) => root.shadowRoot.querySelectorAll(selector).map((found) => measure(found, fields)));
  }

  /** The page's visible area. */
  selectViewport() {
    return this.#reference(() => measureViewport(this.phone.router.top.scroller));
  }

  /** Measures and calls back with the list of results. */
  exec(callback) {
    requestAnimationFrame(() => this.phone.gate.run(() => {
      const root = this.scope ?? this.phone.router.top.root.getComponent();
      const results = this.steps.map(({ find, fields, callback: each }) => {
        const result = find(root, fields);
        each?.(result);
        return result;
      });
      callback?.(results);
    }));
    return this;
  }

  #reference(find) {
    const add = (fields, callback) => {
      this.steps.push({ find, fields, callback });
      return this;
    };
    return {
      fields: add,
      boundingClientRect: (callback) => add(RECT, callback),
      scrollOffset: (callback) => add(SCROLL, callback),
      node: (callback) => add({ node: true }, callback),
    };
  }
}

/** `wx.createSelectorQuery`. */
export const createSelectorQuery = (phone) => new SelectorQuery(phone);

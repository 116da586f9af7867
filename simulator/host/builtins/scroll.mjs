// scroll-view: native scrolling, thresholds, and dragging with a mouse.
import { emit, listenGlobally, reflect } from './define.mjs';

const DRAG_MIN_PX = 5;

function tellScroll(component) {
  const { scrollTop, scrollLeft, scrollHeight, scrollWidth } = component.$$;
  const deltaX = (component.lastLeft ?? 0) - scrollLeft;
  const deltaY = (component.lastTop ?? 0) - scrollTop;
  Object.assign(component, { lastLeft: scrollLeft, lastTop: scrollTop });
  emit(component, 'scroll', { scrollTop, scrollLeft, scrollHeight, scrollWidth, deltaX, deltaY });
}

/** Tells once when the end (or the beginning) comes near. */
function tellThresholds(component) {
  const { scrollX, upperThreshold, lowerThreshold } = component.data;
  const { scrollTop, scrollLeft, scrollHeight, scrollWidth, clientHeight, clientWidth } = component.$$;
  const [offset, rest] = scrollX ? [scrollLeft, scrollWidth - scrollLeft - clientWidth] : [scrollTop, scrollHeight - scrollTop - clientHeight];
  const isLow = rest <= lowerThreshold;
  const isHigh = offset <= upperThreshold;
  if (isLow && !component.wasLow) emit(component, 'scrolltolower', { direction: scrollX ? 'right' : 'bottom' });
  if (isHigh && component.wasHigh === false) emit(component, 'scrolltoupper', { direction: scrollX ? 'left' : 'top' });
  Object.assign(component, { wasLow: isLow, wasHigh: isHigh });
}

/** A mouse can't swipe: let it drag. */
function dragWithMouse(component) {
  const element = component.$$;
  let start = null;
  element.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'mouse') start = { x: event.clientX, y: event.clientY, left: element.scrollLeft, top: element.scrollTop };
  });
  listenGlobally(component, ['pointermove'], (event) => {
    if (!start || Math.hypot(event.clientX - start.x, event.clientY - start.y) < DRAG_MIN_PX) return;
    element.scrollTo({ left: start.left - event.clientX + start.x, top: start.top - event.clientY + start.y });
  });
  listenGlobally(component, ['pointerup'], () => { start = null; });
}

function scrollTo(component, position) {
  component.$$.scrollTo({ ...position, behavior: component.data.scrollWithAnimation ? 'smooth' : 'auto' });
}

const scrollView = {
  properties: {
    scrollX: Boolean, scrollY: Boolean, scrollTop: null, scrollLeft: null, scrollIntoView: String, scrollWithAnimation: Boolean,
    upperThreshold: { type: Number, value: 50 }, lowerThreshold: { type: Number, value: 50 }, showScrollbar: { type: Boolean, value: true },
    enableFlex: Boolean, enhanced: Boolean, bounces: Boolean, type: String, enablePassive: Boolean,
    scrollAnchoring: Boolean, pagingEnabled: Boolean, fastDeceleration: Boolean,
  },
  observers: {
    scrollX(value) { reflect(this, 'scroll-x', value); },
    scrollY(value) { reflect(this, 'scroll-y', value); },
    enableFlex(value) { reflect(this, 'enable-flex', value); },
    scrollTop(value) { if (value != null && value !== '') scrollTo(this, { top: Number(value) }); },
    scrollLeft(value) { if (value != null && value !== '') scrollTo(this, { left: Number(value) }); },
    scrollIntoView(id) { if (id) requestAnimationFrame(() => this.reveal(id)); },
  },
  attached() {
    dragWithMouse(this);
    this.$$.addEventListener('scroll', () => {
      tellScroll(this);
      tellThresholds(this);
    });
  },
  methods: {
    reveal(id) {
      const target = this.$$.querySelector(`[id="${id}"]`);
      if (!target) return;
      const box = this.$$.getBoundingClientRect();
      const { left, top } = target.getBoundingClientRect();
      const { scrollX, scrollY } = this.data;
      scrollTo(this, {
        ...(scrollX && { left: this.$$.scrollLeft + left - box.left }),
        ...(scrollY && { top: this.$$.scrollTop + top - box.top }),
      });
    },
  },
};

/** Definitions by tag. */
export const scrollBuiltins = () => ({ 'scroll-view': scrollView });

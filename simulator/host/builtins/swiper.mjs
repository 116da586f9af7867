// swiper and swiper-item: items are placed side by side by transforms; a circular one takes the shorter way round.
import { toPixels } from '../units.mjs';
import { componentOf, emit, listenGlobally, reflect } from './define.mjs';

const SWIPE_MIN_PX = 30;
const SWIPE_MAX_MS = 300;

/** The items that belong to this swiper, not to one inside of it. */
function itemsOf(swiper) {
  return [...swiper.$$.querySelectorAll('wx-swiper-item')].filter((item) => item.closest('wx-swiper') === swiper.$$);
}

/** Steps from the current item to item `index`; the shorter way round when circular. */
export function stepsTo(index, current, count, isCircular) {
  const steps = index - current;
  if (!isCircular || count < 3) return steps;
  const round = ((steps % count) + count) % count;
  return round > count / 2 ? round - count : round;
}

function itemSize(swiper) {
  const { vertical, previousMargin, nextMargin, displayMultipleItems } = swiper.data;
  const length = vertical ? swiper.$$.clientHeight : swiper.$$.clientWidth;
  const margins = toPixels(previousMargin, window.innerWidth) + toPixels(nextMargin, window.innerWidth);
  return (length - margins) / displayMultipleItems;
}

/** Places all items; `duration_ms` 0 is at once. */
function place(swiper, duration_ms) {
  const items = itemsOf(swiper);
  const { vertical, circular, previousMargin } = swiper.data;
  const size = itemSize(swiper);
  items.forEach((item, index) => {
    const steps = stepsTo(index, swiper.current, items.length, circular);
    const isJump = item.steps !== undefined && Math.abs(steps - item.steps) > 1;
    item.steps = steps;
    item.style.transition = duration_ms > 0 && !isJump ? `transform ${duration_ms}ms ease-out` : 'none';
    item.style[vertical ? 'height' : 'width'] = `${size}px`;
    const offset = toPixels(previousMargin, window.innerWidth) + steps * size + swiper.drag;
    item.style.transform = vertical ? `translate3d(0, ${offset}px, 0)` : `translate3d(${offset}px, 0, 0)`;
  });
  drawDots(swiper, items.length);
}

function drawDots(swiper, count) {
  const { indicatorDots, indicatorColor, indicatorActiveColor } = swiper.data;
  swiper.dots.hidden = !indicatorDots;
  if (swiper.dots.childElementCount !== count) swiper.dots.replaceChildren(...Array.from({ length: count }, () => document.createElement('i')));
  [...swiper.dots.children].forEach((dot, index) => {
    dot.style.background = index === swiper.current ? indicatorActiveColor : indicatorColor;
  });
}

/** Goes to an item and tells; `source` is '', 'touch' or 'autoplay'. */
function go(swiper, index, source) {
  const items = itemsOf(swiper);
  if (items.length === 0) return;
  const last = items.length - 1;
  const target = swiper.data.circular ? (index + items.length) % items.length : Math.max(0, Math.min(last, index));
  const isChanged = target !== swiper.current;
  Object.assign(swiper, { current: target, drag: 0 });
  place(swiper, swiper.data.duration);
  if (!isChanged) return;
  const detail = { current: target, currentItemId: componentOf(items[target])?.data.itemId ?? '', source };
  emit(swiper, 'change', detail);
  setTimeout(() => emit(swiper, 'animationfinish', detail), swiper.data.duration);
}

function followFinger(swiper) {
  const element = swiper.$$;
  const position = (event) => (swiper.data.vertical ? event.clientY : event.clientX);
  let start = null;
  element.addEventListener('pointerdown', (event) => {
    start = { at: position(event), time: Date.now(), pointer: event.pointerId };
  });
  listenGlobally(swiper, ['pointermove'], (event) => {
    if (event.pointerId !== start?.pointer) return;
    swiper.drag = position(event) - start.at;
    place(swiper, 0);
  });
  listenGlobally(swiper, ['pointerup', 'pointercancel'], (event) => {
    if (event.pointerId !== start?.pointer) return;
    const { drag } = swiper;
    const isFlick = Math.abs(drag) > SWIPE_MIN_PX && Date.now() - start.time < SWIPE_MAX_MS;
    const isFar = Math.abs(drag) > itemSize(swiper) / 3;
    start = null;
    if (drag !== 0) go(swiper, swiper.current + (isFlick || isFar ? -Math.sign(drag) : 0), 'touch');
  });
  swiper.isHeld = () => start !== null;
}

/** Moves on by itself when asked to. */
function play(swiper, phone) {
  clearInterval(swiper.timer);
  if (!swiper.data.autoplay) return;
  swiper.timer = setInterval(() => {
    if (swiper.isHeld() || phone.gate.frozen || swiper.$$.offsetParent === null) return;
    const isLast = swiper.current + swiper.data.displayMultipleItems >= itemsOf(swiper).length;
    go(swiper, isLast && !swiper.data.circular ? 0 : swiper.current + 1, 'autoplay');
  }, swiper.data.interval);
}

const swiper = (phone) => ({
  properties: {
    current: Number, autoplay: Boolean, circular: Boolean, vertical: Boolean,
    interval: { type: Number, value: 5000 }, duration: { type: Number, value: 500 },
    previousMargin: { type: String, value: '0' }, nextMargin: { type: String, value: '0' }, displayMultipleItems: { type: Number, value: 1 },
    indicatorDots: Boolean, indicatorColor: { type: String, value: 'rgba(0, 0, 0, .3)' }, indicatorActiveColor: { type: String, value: '#000000' },
    easingFunction: String, snapToEdge: Boolean,
  },
  observers: {
    current(index) { if (this.dots && index !== this.current) go(this, index, ''); },
    'autoplay, interval': function replay() { if (this.dots) play(this, phone); },
    vertical(value) { reflect(this, 'vertical', value); },
  },
  attached() {
    Object.assign(this, { current: this.data.current, drag: 0 });
    this.dots = Object.assign(document.createElement('div'), { className: 'wx-swiper-dots' });
    this.$$.appendChild(this.dots);
    followFinger(this);
    const replace = () => place(this, 0);
    this.watchers = [new MutationObserver(replace), new ResizeObserver(replace)];
    this.watchers[0].observe(this.$$, { childList: true });
    this.watchers[1].observe(this.$$);
    play(this, phone);
  },
  detached() {
    clearInterval(this.timer);
    this.watchers.forEach((watcher) => watcher.disconnect());
  },
});

/** Definitions by tag. */
export const swiperBuiltins = (phone) => ({ swiper: swiper(phone), 'swiper-item': { properties: { itemId: String } } });

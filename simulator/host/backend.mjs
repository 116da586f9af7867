// glass-easel's DOM backend, made to look like WeChat: element names, inline units, touches, long press.
import { CurrentWindowBackendContext, Event as WxEvent } from 'glass-easel';
import { convertUnits } from './units.mjs';

const LONG_PRESS_MS = 350;
const MOVE_MAX_PX = 10;
// Native events that the app may bind; all others come from the built-in components themselves.
const NATIVE_EVENTS = new Set([
  'touchstart', 'touchmove', 'touchend', 'touchcancel', 'transitionend', 'animationstart', 'animationiteration', 'animationend',
]);
const MOUSE_AS_TOUCH = { pointerdown: 'touchstart', pointermove: 'touchmove', pointerup: 'touchend' };

/** Makes the element behind a WXML tag. */
function createElement(tag) {
  const element = document.createElement(`wx-${tag}`);
  const setAttribute = element.setAttribute.bind(element);
  element.setAttribute = (name, value) => setAttribute(name, name === 'style' ? convertUnits(String(value)) : value);
  // The adapter prefixes ids with a guid of the component: the page's own #id must stay.
  Object.defineProperty(element, 'id', {
    get: () => element.getAttribute('id') ?? '',
    set: (id) => setAttribute('id', String(id).replace(/^[0-9a-f]{8}--/, '')),
  });
  return element;
}

/** Left upper corner of the page's own area, to which WeChat's coordinates refer. */
export function pageOrigin(element) {
  const viewport = element?.closest?.('.phone-viewport');
  return viewport ? viewport.getBoundingClientRect() : { left: 0, top: 0 };
}

function touchPoint(point, origin) {
  const [clientX, clientY] = [point.clientX - origin.left, point.clientY - origin.top];
  return { identifier: point.identifier ?? 0, clientX, clientY, pageX: clientX, pageY: clientY, x: clientX, y: clientY };
}

/** WeChat's `touches` and `changedTouches`, from a touch or a mouse event. */
function touchesOf(original) {
  const origin = pageOrigin(original.target);
  const all = (list) => Array.from(list, (point) => touchPoint(point, origin));
  if (original.changedTouches) return { touches: all(original.touches), changedTouches: all(original.changedTouches) };
  return { touches: original.type.endsWith('up') ? [] : all([original]), changedTouches: all([original]) };
}

/** Sends an event through glass-easel; true when its default was prevented. */
function dispatch(target, type, detail, options) {
  if (type === 'tap' && target.$$?.closest('[disabled]')) return false;
  const event = new WxEvent(type, detail, options);
  if (options.originalEvent) Object.assign(event, touchesOf(options.originalEvent));
  if (type === 'tap' || type === 'longpress') {
    const [{ clientX, clientY }] = event.changedTouches;
    event.detail = { x: clientX, y: clientY };
  }
  WxEvent.dispatchEvent(target, event);
  return event.defaultPrevented();
}

const bubbling = (originalEvent) => ({ originalEvent, bubbles: true, composed: true, capturePhase: true });

/** The glass-easel element at or above a DOM node. */
export function wxElementOf(node) {
  for (let at = node; at; at = at.parentNode) if (at.__wxElement) return at.__wxElement;
  return null;
}

/** A mouse is a finger here. */
function translateMouse() {
  let pressed = null;
  const forward = (event) => {
    if (event.pointerType !== 'mouse') return;
    if (event.type === 'pointerdown') pressed = wxElementOf(event.target);
    if (pressed) dispatch(pressed, MOUSE_AS_TOUCH[event.type], {}, bubbling(event));
    if (event.type === 'pointerup') pressed = null;
  };
  for (const type of Object.keys(MOUSE_AS_TOUCH)) document.addEventListener(type, forward, { capture: true });
}

/** `longpress` after a still finger. */
function watchLongPress() {
  let timer = 0;
  let start = null;
  document.addEventListener('pointerdown', (event) => {
    start = event;
    const target = wxElementOf(event.target);
    clearTimeout(timer);
    timer = setTimeout(() => { if (target) dispatch(target, 'longpress', {}, bubbling(event)); }, LONG_PRESS_MS);
  }, { capture: true });
  const stop = (event) => {
    const moved = start && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > MOVE_MAX_PX;
    if (event.type !== 'pointermove' || moved) clearTimeout(timer);
  };
  for (const type of ['pointermove', 'pointerup', 'pointercancel']) document.addEventListener(type, stop, { capture: true });
}

/**
 * After a touch the browser adds a click where the finger was. The app has had its tap by then, and what lies there
 * now (a sheet, another page's bar) was never touched: such a click is dropped.
 */
function dropGhostClicks() {
  let touched = null;
  document.addEventListener('pointerdown', (event) => { touched = event.target; }, { capture: true });
  document.addEventListener('click', (event) => {
    const isKeyboard = event.detail === 0;
    const isTouched = touched && (event.target.contains(touched) || touched.contains(event.target));
    if (!isKeyboard && !isTouched) event.stopImmediatePropagation();
  }, { capture: true });
}

/** The backend on which pages are drawn. */
export function createBackend() {
  const context = new CurrentWindowBackendContext();
  context.document = {
    createElement,
    createTextNode: (text) => document.createTextNode(text),
    createDocumentFragment: () => document.createDocumentFragment(),
  };
  const setListenerStats = context.setListenerStats.bind(context);
  context.setListenerStats = (element, type, capture, level) => {
    if (NATIVE_EVENTS.has(type)) setListenerStats(element, type, capture, level);
  };
  context.onEvent((target, type, detail, options) => (dispatch(target, type, detail, options) ? 1 : 0));
  translateMouse();
  watchLongPress();
  dropGhostClicks();
  return context;
}

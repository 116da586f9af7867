/** Why something is not counted; the numbers are the engine's (src/insight/stats.rs). */
export const DROPPED = {
  undeclared_event: 0,
  undeclared_prop: 1,
  bad_text: 3,
  bad_number: 4,
  order_refused: 7,
  queue_overflow: 8,
  restart: 9,
  undeclared_step: 16,
  feature_type: 18,
};

/** Props looked at in one event: an event declares at most eight. */
const PROPS_MAX = 32;

/** Texts of a dimension kept with their label; past it the cache starts anew. */
const CACHED_LABELS_MAX = 512;

/** The engine takes 64 bytes, and no text has fewer bytes than UTF-16 units. */
const TEXT_UNITS_MAX = 64;

/** Stands for the name of props that could not be read. */
const UNREADABLE = null;

const NO_PROPS = [];

/**
 * The app's props as `[name, value, name, value, …]`. All of the app's code (getters, proxies) runs here, before
 * anything is told to the engine, so that it may throw or track without harm.
 * @param {unknown} props
 */
export function readProps(props) {
  if (props === undefined || props === null) return NO_PROPS;
  const read = [];
  try {
    const names = Object.keys(props);
    const count = Math.min(names.length, PROPS_MAX);
    for (let i = 0; i < count; i++) read.push(names[i], copied(props[names[i]]));
  } catch (error) {
    read.push(UNREADABLE, true);
  }
  return read;
}

/** A list as it is now, free of the app's code. */
function copied(value) {
  return Array.isArray(value) ? JSON.parse(JSON.stringify(value)) : value;
}

/** The value read under a name, or undefined. */
export function valueOf(read, name) {
  for (let i = 0; i < read.length; i += 2) if (read[i] === name) return read[i + 1];
  return undefined;
}

function eventOf(described, position) {
  const slots = new Map();
  described.dimensions.forEach((dimension, at) => {
    slots.set(dimension.name, { position: at, id: dimension.id, labels: new Map() });
  });
  described.numbers.forEach((number, at) => slots.set(number.name, { position: at, id: -1, labels: null }));
  return { position, slots };
}

function flowOf(described, position) {
  return { position, steps: new Map(described.steps.map((step, at) => [step, at])) };
}

/** What counts as text: strings, and whole numbers and flags by their usual spelling. Undefined for the rest. */
function textOf(value) {
  const spelled = Number.isSafeInteger(value) || typeof value === 'boolean' ? String(value) : value;
  return typeof spelled === 'string' && spelled.length <= TEXT_UNITS_MAX ? spelled : undefined;
}

/** Turns names into the positions that the engine knows them by. */
export class Props {
  /**
   * @param {object} core
   * @param {object} description what `core.describe()` gave
   * @param {(reason: string, name: unknown) => void} onDrop
   */
  constructor(core, description, onDrop) {
    this._core = core;
    this._onDrop = onDrop;
    this._events = new Map(description.events.map((event, at) => [event.name, eventOf(event, at)]));
    this._flows = new Map(description.flows.map((flow, at) => [flow.name, flowOf(flow, at)]));
    this._pages = this._events.get('page').slots.get('page');
  }

  /**
   * Counts an event.
   * @param {string} name
   * @param {unknown[]} read from {@link readProps}
   */
  track(name, read, at, offset) {
    const event = this._events.get(name);
    if (event === undefined) {
      this.drop('undeclared_event', name);
      return;
    }
    for (let i = 0; i < read.length; i += 2) {
      const value = read[i + 1];
      if (value !== undefined && value !== null) this._stage(event, read[i], value);
    }
    this._core.track(event.position, at, offset);
  }

  /** Enters a page, or leaves the current one when `name` is null. */
  page(name, at, offset) {
    const label = name === null ? -1 : this._label(this._pages, 'page', name);
    this._core.page(Math.max(label, -1), at, offset);
  }

  /** Advances a flow. */
  flow(name, step, at, offset) {
    const flow = this._flows.get(name);
    const position = flow === undefined ? undefined : flow.steps.get(step);
    if (position === undefined) this.drop('undeclared_step', step);
    else this._core.flow(flow.position, position, at, offset);
  }

  /** Counts something that the engine never got to see. */
  drop(reason, name) {
    this._core.dropped(DROPPED[reason]);
    this._onDrop(reason, name);
  }

  /** Forgets all labels: after a change of user or consent the engine may number anew. */
  forget() {
    this._events.forEach((event) => {
      event.slots.forEach((slot) => {
        if (slot.labels !== null) slot.labels.clear();
      });
    });
  }

  _stage(event, name, value) {
    const slot = event.slots.get(name);
    if (slot === undefined) this.drop(name === UNREADABLE ? 'bad_text' : 'undeclared_prop', name);
    else if (slot.labels === null) this._stageNumber(slot, name, value);
    else this._stageText(slot, name, value);
  }

  _stageNumber(slot, name, value) {
    if (typeof value === 'number') this._core.set_number(slot.position, value);
    else this.drop('bad_number', name);
  }

  _stageText(slot, name, value) {
    const label = this._label(slot, name, value);
    if (label >= 0) this._core.set_label(slot.position, label);
  }

  /** The label of a text, from the cache if it was met before; negative when refused. */
  _label(slot, name, value) {
    const known = slot.labels.get(value);
    if (known !== undefined) return known;
    const text = textOf(value);
    if (text === undefined) {
      this.drop('bad_text', name);
      return -1;
    }
    return this._newLabel(slot, name, value, text);
  }

  _newLabel(slot, name, value, text) {
    const label = this._core.label(slot.id, text);
    if (label < 0) this._onDrop('refused_text', name);
    if (slot.labels.size >= CACHED_LABELS_MAX) slot.labels.clear();
    // 0 is "other": not kept, so that the engine counts every value that found no room.
    if (label > 0) slot.labels.set(value, label);
    return label;
  }
}

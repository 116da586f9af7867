/**
 * A stand-in for the wasm engine with its exports and effects, so that the shell's rules can be tested one by one:
 * it logs every call, keeps a count and a user in one stored value, and asks for what a test tells it to ask for.
 */

export const DESCRIPTION = {
  app: 'shop',
  revision: 1,
  keys: 2,
  warnings: [],
  events: [
    { name: 'launch', dimensions: [{ name: 'scene', id: 0, values: [] }], numbers: [] },
    { name: 'show', dimensions: [{ name: 'scene', id: 4, values: [] }], numbers: [] },
    { name: 'hide', dimensions: [], numbers: [] },
    { name: 'page', dimensions: [{ name: 'page', id: 12, values: ['home'] }], numbers: [] },
    { name: 'order', dimensions: [], numbers: [{ name: 'paid_fen', decimals: 0 }, { name: 'items', decimals: 0 }] },
    {
      name: 'buy',
      dimensions: [{ name: 'kind', id: 20, values: ['tea'] }, { name: 'city', id: 21, values: [] }],
      numbers: [{ name: 'price', decimals: 0 }, { name: 'weight', decimals: 3 }],
    },
  ],
  flows: [{ name: 'purchase', steps: ['view', 'pay'] }],
};

const [IDLE, PERSIST, SEND, WAIT, WIPE] = [0, 1, 2, 3, 4];

/** What wasm-bindgen throws when the module traps. */
export function trap() {
  return new Error('unreachable');
}

export function refusal(code, message, path = '') {
  return { code, message, path };
}

/**
 * A world of fake cores: `log` holds the calls of all of them, `cores` the cores in order of their making.
 * `fail(method, error)` makes the next call of that method throw.
 */
export class FakeWorld {
  constructor() {
    this.log = [];
    this.cores = [];
    this.failures = new Map();
    /** What further commands answer, by op: (command, core) => answer. */
    this.answers = { forecast: () => ({ expiring: [] }), features: () => ({ features: ['colour'] }) };
    this.createGlue = () => ({ __wbg_set_wasm() {}, Core: coreClass(this) });
  }

  fail(method, error) {
    this.failures.set(method, (this.failures.get(method) || []).concat(error));
  }

  /** Logged calls of a method, without its name. */
  calls(method) {
    return this.log.filter(([name]) => name === method).map(([, ...args]) => args);
  }

  note(method, args) {
    this.log.push([method, ...args]);
    const waiting = this.failures.get(method);
    if (waiting && waiting.length > 0) throw waiting.shift();
  }
}

function coreClass(world) {
  return class Core {
    constructor(program, seed) {
      world.note('new', [program, seed.length]);
      world.cores.push(this);
      this.world = world;
      this.labels = [];
      this.state = { count: 0, user: '' };
      this.dirty = false;
      this.writing = false;
      if (this.handedSync) this.hidden = false;
      this.wanted = false;
      this.sending = false;
      this.wiping = false;
      this.waitUntil = 0;
      this.writes = 0;
      this.consented = true;
    }

    describe() {
      return DESCRIPTION;
    }

    load(key, bytes) {
      world.note('load', [key, Buffer.from(bytes).toString()]);
      if (bytes.length > 0) this.state = JSON.parse(Buffer.from(bytes).toString());
    }

    boot(json) {
      const command = JSON.parse(json);
      world.note('boot', [command]);
      this.consented = command.consent !== false;
      return { consent: this.consented, user: this.state.user, recovered: this.state.count > 0 };
    }

    label(id, text) {
      world.note('label', [id, text]);
      if (/^1\d{10}$/.test(text)) return -3;
      if (!this.labels.includes(text)) this.labels.push(text);
      return this.labels.indexOf(text) + 1;
    }

    set_label(position, label) {
      world.note('set_label', [position, label]);
    }

    set_number(position, value) {
      world.note('set_number', [position, value]);
    }

    dropped(reason) {
      world.note('dropped', [reason]);
    }

    track(event, at, offset) {
      world.note('track', [event, at, offset]);
      this.state.count += 1;
      this.dirty = this.consented;
      if (event !== 2) return;
      this.hidden = true;
      this.wanted = true;
    }

    page(label, at, offset) {
      world.note('page', [label, at, offset]);
    }

    flow(flow, step, at, offset) {
      world.note('flow', [flow, step, at, offset]);
    }

    command(json, at, offset) {
      const command = JSON.parse(json);
      // The shell itself asks for the forecast and the features at each start; commands are what the app asks for.
      world.note(['forecast', 'features'].includes(command.op) ? command.op : 'command', [command, at, offset]);
      if (command.op === 'sync') this.wanted = true;
      if (command.op === 'user') this.change({ user: command.id });
      if (command.op === 'stats') return { events_today: this.state.count, last_sync_at: null, dropped: [['personal', 2]] };
      if (command.op === 'state') return this.state;
      if (world.answers[command.op]) return world.answers[command.op](command, this);
      return {};
    }

    has_news() {
      return false;
    }

    load_features(text) {
      world.note('load_features', [text]);
      return { features: Object.keys(JSON.parse(text).features), warnings: [] };
    }

    feature(position, at, offset) {
      world.note('feature', [position, at, offset]);
      return 2;
    }

    feature_value(position, number) {
      world.note('feature_value', [position, number]);
      return number;
    }

    change(part) {
      Object.assign(this.state, part);
      this.dirty = true;
    }

    /** As `change`, to be written before the platform gets control back. */
    changeNow(part) {
      this.change(part);
      this.hidden = true;
    }

    next(now) {
      world.note('next', [now]);
      if (this.wiping && !this.writing) return this.begin(WIPE);
      if (this.dirty && (!this.writing || this.hidden)) return this.begin(PERSIST);
      if (this.wanted && !this.dirty && !this.writing && !this.sending) return this.begin(SEND);
      return this.waitUntil > now ? WAIT : IDLE;
    }

    begin(effect) {
      if (effect === SEND) {
        this.sending = true;
        this.wanted = false;
      } else {
        this.writing = true;
        this.dirty = false;
        this.handedSync = this.hidden;
      }
      return effect;
    }

    effect_key() {
      return this.writes % 2;
    }

    effect_sync() {
      return this.hidden;
    }

    effect_bytes() {
      return new Uint8Array(Buffer.from(JSON.stringify(this.state)));
    }

    effect_until() {
      return this.waitUntil;
    }

    persisted(ok) {
      world.note('persisted', [ok]);
      this.writing = false;
      if (this.handedSync) this.hidden = false;
      if (ok) this.writes += 1;
      else this.dirty = !this.wiping;
      if (ok) this.wiping = false;
    }

    reply(status, body, retryAfter, now) {
      world.note('reply', [status, body, retryAfter, now]);
      this.sending = false;
      const need_token = status === 401 && !this.asked;
      this.asked = status === 401;
      if (need_token) this.wanted = true;
      const answer = status === 200 ? JSON.parse(body) : {};
      return { acked: status === 200 ? 1 : 0, need_token, facts: answer.facts || [], program: null, ...answer.news };
    }

    __destroy_into_raw() {
      world.note('release', []);
    }
  };
}

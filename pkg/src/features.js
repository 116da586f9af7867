/** What features and experiments are for the person: the engine's answers, kept until something is told to it. */
export class Features {
  /**
   * @param {object} core
   * @param {(question: Function) => any} ask runs `question(engine, at, offset)`; throws when the engine fails
   * @param {(exposures: object[]) => void} onExposures
   */
  constructor(core, ask, onExposures) {
    this._core = core;
    this._ask = ask;
    this._onExposures = onExposures;
    this._values = new Map();
    this._variants = new Map();
    /** Something was told to the engine: what is kept may be wrong. */
    this.isStale = false;
    this._list(core.command('{"op":"features"}', 0, 0));
  }

  /** Puts a payload in force; throws what the engine has against it. */
  load(text, at, offset) {
    return this._list(this._core.load_features(text, at, offset));
  }

  /** The value of a feature; undefined if there is no such feature. Objects are shared by all who read them. */
  value(key) {
    if (this.isStale) this._forget();
    const known = this._values.get(key);
    return known === undefined ? this._evaluate(key) : known;
  }

  /** The key of the variation; null if the person is in none, undefined if the engine fails. */
  variant(key) {
    if (this.isStale) this._forget();
    const known = this._variants.get(key);
    return known === undefined ? this._assign(key) : known;
  }

  _list(loaded) {
    this._positions = new Map(loaded.features.map((key, position) => [key, position]));
    /** Values of each feature by number, so that a value stays the same object. */
    this._copies = loaded.features.map(() => []);
    this.isStale = true;
    return loaded;
  }

  _forget() {
    this.isStale = false;
    this._values.clear();
    this._variants.clear();
  }

  _evaluate(key) {
    const position = this._positions.get(key);
    if (position === undefined) return undefined;
    return this._tried((at, offset) => {
      const told = this._core.feature(position, at, offset);
      const [copies, number] = [this._copies[position], told >> 1];
      if (copies[number] === undefined) copies[number] = this._core.feature_value(position, number);
      this._values.set(key, copies[number]);
      this._tell(told & 1, at, offset);
      return copies[number];
    });
  }

  _assign(name) {
    return this._tried((at, offset) => {
      const { key, news } = this._core.command(JSON.stringify({ op: 'variant', key: name }), at, offset);
      this._variants.set(name, key);
      this._tell(news, at, offset);
      return key;
    });
  }

  _tell(isNews, at, offset) {
    if (isNews) this._onExposures(this._core.command('{"op":"exposures"}', at, offset));
  }

  /** A read never throws: the app goes on with its fallback. */
  _tried(question) {
    try {
      return this._ask((engine, at, offset) => question(at, offset));
    } catch (error) {
      return undefined;
    }
  }
}

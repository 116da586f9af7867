import { HuitouError, messageOf } from './error.js';
import { Huitou } from './huitou.js';

/** What every host must be able to do; index.d.ts documents each. */
const HOST_FUNCTIONS = [
  'now', 'offset_min', 'load', 'save', 'saveSync', 'remove', 'send', 'instantiate', 'random', 'info', 'onShow', 'onHide', 'onNetwork',
];

const FORMATS = ['binary', 'json'];

/** Every rule about an option: [path, expected, holds]. */
function rulesOf(options, host, { payload, url, refresh_minutes, compat, decrypt }) {
  const isUrl = (text) => text === undefined || /^https?:\/\/[^\s]+$/.test(text);
  const isOneOf = (value, ...types) => value === undefined || value === null || types.includes(typeof value);
  const rules = [
    ['program', 'the program as an object or as JSON text', ['object', 'string'].includes(typeof options.program)],
    ['url', 'an http(s) address', isUrl(options.url)],
    ['consent', 'true, false or null', isOneOf(options.consent, 'boolean')],
    ['token', 'a string or a function', isOneOf(options.token, 'string', 'function')],
    ['format', 'binary or json', options.format === undefined || FORMATS.includes(options.format)],
    ['experiments.payload', 'a payload as an object or as JSON text', isOneOf(payload, 'object', 'string')],
    ['experiments.url', 'an http(s) address', isUrl(url)],
    ['experiments.refresh_minutes', 'a number from 0 up', refresh_minutes === undefined || refresh_minutes >= 0],
    ['experiments.decrypt', 'a function from text to text', isOneOf(decrypt, 'function')],
    ['experiments.compat', '0.8 or nothing', compat === undefined || compat === '0.8'],
  ];
  return rules.concat(HOST_FUNCTIONS.map((name) => ['host.' + name, 'a function', host && typeof host[name] === 'function']));
}

function mistakeIn(options, host, experiments) {
  const broken = rulesOf(options, host, experiments).find(([, , holds]) => !holds);
  return broken ? new HuitouError('bad_option', 'expected ' + broken[1], broken[0]) : null;
}

function jsonOf(value) {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The engine's names of the options about experiments. */
function trialsOf({ compat, sticky, enabled, qa, engineAttributes, remoteGroupIds }) {
  return { compat, sticky, enabled, qa, engine_attributes: engineAttributes, remote_groups: remoteGroupIds };
}

/** The host with another way to instantiate (huitou-fallback). */
function withInstantiate(host, instantiate) {
  if (!host || !instantiate) return host;
  const changed = Object.create(host);
  changed.instantiate = instantiate.default || instantiate;
  return changed;
}

function settingsOf(options, createGlue, defaultHost) {
  const host = withInstantiate(options.host || defaultHost(), options.instantiate);
  const experiments = options.experiments || {};
  return {
    createGlue,
    host,
    program: jsonOf(options.program),
    experiments: Object.assign({}, experiments, { payload: jsonOf(experiments.payload || undefined) }),
    trials: trialsOf(experiments),
    url: options.url,
    token: options.token,
    consent: typeof options.consent === 'boolean' ? options.consent : null,
    format: options.format || 'binary',
    debug: options.debug === true,
    mistake: mistakeIn(options, host, experiments),
  };
}

/**
 * Makes the `open` of a build target.
 * @param {Function} createGlue evaluates wasm-bindgen's glue afresh
 * @param {() => object} defaultHost
 */
export function createOpen(createGlue, defaultHost) {
  return function open(options) {
    return new Huitou(checkedSettings(options || {}, createGlue, defaultHost));
  };
}

/** `open` itself must not throw into the app: what can't even be read becomes a mistake that `ready` reports. */
function checkedSettings(options, createGlue, defaultHost) {
  try {
    return settingsOf(options, createGlue, defaultHost);
  } catch (error) {
    return { consent: null, format: 'binary', experiments: {}, mistake: new HuitouError('bad_option', messageOf(error)) };
  }
}

import { HuitouError, messageOf } from './error.js';
import { Huitou } from './huitou.js';

/** What every host must be able to do; index.d.ts documents each. */
const HOST_FUNCTIONS = [
  'now', 'offset_min', 'load', 'save', 'saveSync', 'remove', 'send', 'instantiate', 'random', 'info', 'onShow', 'onHide', 'onNetwork',
];

const FORMATS = ['binary', 'json'];

/** Every rule about an option: [path, expected, holds]. */
function rulesOf(options, host) {
  const isOneOf = (value, ...types) => value === undefined || value === null || types.includes(typeof value);
  const rules = [
    ['program', 'the program as an object or as JSON text', ['object', 'string'].includes(typeof options.program)],
    ['url', 'an http(s) address', options.url === undefined || /^https?:\/\/[^\s]+$/.test(options.url)],
    ['consent', 'true, false or null', isOneOf(options.consent, 'boolean')],
    ['token', 'a string or a function', isOneOf(options.token, 'string', 'function')],
    ['format', 'binary or json', options.format === undefined || FORMATS.includes(options.format)],
  ];
  return rules.concat(HOST_FUNCTIONS.map((name) => ['host.' + name, 'a function', host && typeof host[name] === 'function']));
}

function mistakeIn(options, host) {
  const broken = rulesOf(options, host).find(([, , holds]) => !holds);
  return broken ? new HuitouError('bad_option', 'expected ' + broken[1], broken[0]) : null;
}

function programText(program) {
  return typeof program === 'string' ? program : JSON.stringify(program);
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
  return {
    createGlue,
    host,
    program: programText(options.program),
    url: options.url,
    token: options.token,
    consent: typeof options.consent === 'boolean' ? options.consent : null,
    format: options.format || 'binary',
    debug: options.debug === true,
    mistake: mistakeIn(options, host),
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
    return { consent: null, format: 'binary', mistake: new HuitouError('bad_option', messageOf(error)) };
  }
}

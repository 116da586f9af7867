// wx storage over localStorage, with WeChat's limits.
import { ApiFailure, asynchronous } from './answer.mjs';

const KEY_BYTES_MAX = 1024 * 1024; // WeChat: 1 MB for one key
const TOTAL_BYTES_MAX = 10 * 1024 * 1024; // WeChat: 10 MB for one user and mini-program

const byteLength = (text) => new TextEncoder().encode(text).length;

/** The stored values of one mini-program. */
export class Storage {
  /**
   * @param {string} namespace keeps the mini-program's keys apart from the simulator's
   * @param {globalThis.Storage} area where they live
   */
  constructor(namespace, area) {
    this.prefix = `${namespace}:`;
    this.area = area;
  }

  /** The value of a key, or undefined. */
  get(key) {
    const text = this.area.getItem(this.prefix + key);
    return text === null ? undefined : JSON.parse(text);
  }

  /** Stores a JSON value. */
  set(key, value) {
    if (typeof key !== 'string' || key === '') throw new ApiFailure('parameter error: key should be a non-empty string');
    const text = JSON.stringify(value) ?? '""';
    const size = byteLength(text);
    if (size > KEY_BYTES_MAX) throw new ApiFailure(`entry size limit reached: ${size} bytes, at most ${KEY_BYTES_MAX}`);
    const others = this.bytes() - byteLength(this.area.getItem(this.prefix + key) ?? '');
    if (others + size > TOTAL_BYTES_MAX) throw new ApiFailure('the maximum size of the file storage limit is exceeded');
    this.area.setItem(this.prefix + key, text);
  }

  /** Forgets a key. */
  remove(key) {
    this.area.removeItem(this.prefix + key);
  }

  /** Forgets all keys. */
  clear() {
    for (const key of this.keys()) this.remove(key);
  }

  /** All keys. */
  keys() {
    return Object.keys(this.area).filter((key) => key.startsWith(this.prefix)).map((key) => key.slice(this.prefix.length));
  }

  /** Bytes of all values. */
  bytes() {
    return this.keys().reduce((sum, key) => sum + byteLength(this.area.getItem(this.prefix + key)), 0);
  }

  /** All keys with their values. */
  dump() {
    return Object.fromEntries(this.keys().map((key) => [key, this.get(key)]));
  }
}

/** The storage part of `wx`. */
export function storageApi(phone) {
  const { storage } = phone;
  const info = () => ({ keys: storage.keys(), currentSize: Math.ceil(storage.bytes() / 1024), limitSize: TOTAL_BYTES_MAX / 1024 });
  const read = (key) => {
    const data = storage.get(key);
    if (data === undefined) throw new ApiFailure('data not found');
    return { data };
  };
  const sync = (name, work) => (...args) => {
    try {
      return work(...args);
    } catch (error) {
      throw Object.assign(error, { message: `${name}:fail ${error.message}` });
    }
  };
  return {
    getStorageSync: (key) => storage.get(key) ?? '',
    setStorageSync: sync('setStorageSync', (key, value) => storage.set(key, value)),
    removeStorageSync: (key) => storage.remove(key),
    clearStorageSync: () => storage.clear(),
    getStorageInfoSync: info,
    getStorage: asynchronous(phone, 'getStorage', ({ key }) => read(key)),
    setStorage: asynchronous(phone, 'setStorage', ({ key, data }) => storage.set(key, data)),
    removeStorage: asynchronous(phone, 'removeStorage', ({ key }) => storage.remove(key)),
    clearStorage: asynchronous(phone, 'clearStorage', () => storage.clear()),
    getStorageInfo: asynchronous(phone, 'getStorageInfo', info),
  };
}

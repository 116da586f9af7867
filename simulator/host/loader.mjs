// CommonJS as in a mini-program: absolute and relative paths, and packages of miniprogram_npm.

/** Joins `request` to the folder of `from`. */
export function joinPath(from, request) {
  const parts = request.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const part of request.split('/')) {
    if (part === '..') parts.pop();
    else if (part && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** The modules of the app; each runs once. */
export class Loader {
  constructor() {
    this.bodies = new Map();
    this.loaded = new Map();
  }

  /** Registers a file. */
  define(file, body) {
    this.bodies.set(file, body);
  }

  /** Runs a file, once, and returns its exports. */
  load(file) {
    const known = this.loaded.get(file);
    if (known) return known.exports;
    const module = { exports: {} };
    this.loaded.set(file, module);
    this.bodies.get(file)((request) => this.load(this.resolve(file, request)), module, module.exports);
    return module.exports;
  }

  /** The file that `require(request)` means in `from`. */
  resolve(from, request) {
    const places = [joinPath(from, request)];
    if (!/^[./]/.test(request)) places.push(...packagePlaces(from, request));
    for (const place of places) {
      const found = [place, `${place}.js`, `${place}/index.js`].find((file) => this.bodies.has(file));
      if (found) return found;
    }
    throw new Error(`module '${request}' is not defined, required by '${from}'`);
  }
}

function packagePlaces(from, request) {
  const folders = from.split('/').slice(0, -1);
  return Array.from({ length: folders.length + 1 }, (_, depth) => (
    [...folders.slice(0, folders.length - depth), 'miniprogram_npm', request].join('/')
  ));
}

// The mini-program's files as the simulator sees them: the project folder, plus packages mounted under
// `miniprogram_npm/` the way DevTools' "build npm" would have copied them.
import fs from 'node:fs';
import path from 'node:path';

const IGNORED = new Set(['node_modules', 'miniprogram_npm', '.git']);

/** Reads a JSON file, or returns null when it is missing. */
function readJsonFile(file) {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : null;
}

/** The folder that "build npm" would copy: the one named by `miniprogram` in package.json, else the folder itself. */
export function packageFolder(folder) {
  const manifest = readJsonFile(path.join(folder, 'package.json'));
  return manifest && manifest.miniprogram ? path.join(folder, manifest.miniprogram) : folder;
}

/** Lists the files under `folder`, relative to it, in a stable order. */
function walk(folder, prefix = '') {
  return fs.readdirSync(path.join(folder, prefix), { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.') && !IGNORED.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const name = path.posix.join(prefix, entry.name);
      return entry.isDirectory() ? walk(folder, name) : [name];
    });
}

/** A mini-program on disk. File names are relative to the project and use `/`. */
export class Project {
  /**
   * @param {string} folder project folder (the one with project.config.json or app.json)
   * @param {Object<string, string>} packages npm name -> folder of the package
   */
  constructor(folder, packages = {}) {
    const config = readJsonFile(path.join(folder, 'project.config.json')) || {};
    this.config = config;
    this.root = path.resolve(folder, config.miniprogramRoot || '');
    this.mounts = Object.entries(packages)
      .map(([name, from]) => ({ prefix: `miniprogram_npm/${name}/`, folder: path.resolve(packageFolder(from)) }));
  }

  /** Absolute path of a project file; it need not exist. */
  absolute(file) {
    const mount = this.mounts.find(({ prefix }) => file.startsWith(prefix));
    return mount ? path.join(mount.folder, file.slice(mount.prefix.length)) : path.join(this.root, file);
  }

  /** Whether `file` is a file of the project. */
  has(file) {
    return fs.statSync(this.absolute(file), { throwIfNoEntry: false })?.isFile() ?? false;
  }

  /** Text of a project file. */
  read(file) {
    return fs.readFileSync(this.absolute(file), 'utf8');
  }

  /** Bytes of a project file. */
  size(file) {
    return fs.statSync(this.absolute(file)).size;
  }

  /** The files that go into the package: all but those that `packOptions.ignore` of project.config.json names. */
  packageFiles() {
    const rules = this.config.packOptions?.ignore ?? [];
    return this.files().filter((file) => !rules.some((rule) => isIgnored(file, rule)));
  }

  /** Every file, mounted packages included. */
  files() {
    const mounted = this.mounts.filter(({ folder }) => fs.existsSync(folder))
      .flatMap(({ prefix, folder }) => walk(folder).map((file) => prefix + file));
    return [...walk(this.root), ...this.#vendored(), ...mounted];
  }

  /** Packages that the project carries itself in miniprogram_npm/, unless a mount stands in for them. */
  #vendored() {
    const folder = path.join(this.root, 'miniprogram_npm');
    if (!fs.existsSync(folder)) return [];
    return walk(folder).map((file) => `miniprogram_npm/${file}`)
      .filter((file) => !this.mounts.some(({ prefix }) => file.startsWith(prefix)));
  }

  /**
   * Finds the file that `request` means when written in `from`: absolute from the project, relative to the file,
   * or a package in the nearest `miniprogram_npm`.
   * @param {string[]} suffixes endings to try, in order
   * @returns {string|null}
   */
  resolve(from, request, suffixes) {
    const bases = candidates(path.posix.dirname(from), request);
    for (const base of bases) {
      const found = suffixes.map((suffix) => base + suffix).find((file) => this.has(file));
      if (found) return found;
    }
    return null;
  }
}

/** The places where a request may live, nearest first. */
function candidates(folder, request) {
  if (request.startsWith('/')) return [path.posix.normalize(request.slice(1))];
  const places = [path.posix.join(folder, request)];
  if (request.startsWith('.')) return places;
  for (let at = folder; ; at = path.posix.dirname(at)) {
    places.push(path.posix.join(at, 'miniprogram_npm', request));
    if (at === '.') return places;
  }
}

/** One rule of `packOptions.ignore`. */
function isIgnored(file, { type, value }) {
  const plain = value.replace(/^\//, '');
  if (type === 'folder') return file.startsWith(`${plain}/`);
  if (type === 'file') return file === plain;
  if (type === 'suffix') return file.endsWith(value);
  if (type === 'prefix') return file.startsWith(plain);
  if (type === 'regexp') return new RegExp(value).test(file);
  return false;
}

/** Drops the last extension of a file name. */
export function withoutExtension(file) {
  return file.slice(0, file.length - path.posix.extname(file).length);
}

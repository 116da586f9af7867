// What a mini-program is made of: from app.json to pages, their components, templates, WXS and modules.
import path from 'node:path';
import esbuild from 'esbuild';
import { withoutExtension } from './project.mjs';

/** Everything that the app reaches, and what is missing. */
export class Graph {
  constructor(project, problems) {
    this.project = project;
    this.problems = problems;
    this.app = this.#json('app.json', true);
    this.pages = pagesOf(this.app);
    /** path without extension -> its JSON, `usingComponents` resolved to project paths */
    this.components = new Map();
    /** WXML files, WXS files; JS file -> code */
    this.templates = new Set();
    this.scripts = new Set();
    this.modules = new Map();
  }

  /** Walks the whole app. */
  collect() {
    if (this.pages.length === 0) this.problems.error({ file: 'app.json' }, 'pages: at least one page is needed');
    this.#module('app.js', 'app.json');
    for (const page of this.pages) this.#component(page, 'app.json');
    return this;
  }

  #json(file, required = false) {
    if (!this.project.has(file)) {
      if (required) this.problems.error({ file }, 'is missing');
      return {};
    }
    try {
      return JSON.parse(this.project.read(file));
    } catch (error) {
      this.problems.error({ file }, `is not JSON: ${error.message}`);
      return {};
    }
  }

  #component(name, from) {
    if (this.components.has(name)) return;
    if (!this.project.has(`${name}.wxml`) || !this.project.has(`${name}.js`)) {
      this.problems.error({ file: from }, `${name}: its .wxml or .js is missing`);
      return;
    }
    const config = this.#json(`${name}.json`);
    this.components.set(name, config);
    config.usingComponents = this.#resolveComponents(name, config);
    this.#template(`${name}.wxml`);
    this.#module(`${name}.js`, from);
    for (const target of Object.values(config.usingComponents)) this.#component(target.slice(1), `${name}.json`);
  }

  /** Tag -> `/project/path`, the app's own list first. */
  #resolveComponents(name, config) {
    const declared = [
      ...Object.entries(this.app.usingComponents || {}).map((entry) => [...entry, 'app.json']),
      ...Object.entries(config.usingComponents || {}).map((entry) => [...entry, `${name}.json`]),
    ];
    const resolved = {};
    for (const [tag, request, file] of declared) {
      const found = this.project.resolve(file, request, ['.json', '/index.json']);
      if (found) resolved[tag] = `/${withoutExtension(found)}`;
      else this.problems.error({ file }, `usingComponents.${tag}: ${request} is not found`);
    }
    return resolved;
  }

  #template(file) {
    if (this.templates.has(file)) return;
    this.templates.add(file);
    const tags = this.project.read(file).matchAll(/<(import|include|wxs)\b[^>]*?\ssrc=["']([^"']+)["']/g);
    for (const [, tag, request] of tags) {
      const suffix = tag === 'wxs' ? '.wxs' : '.wxml';
      const found = this.project.resolve(file, request, ['', suffix]);
      if (!found) this.problems.error({ file }, `<${tag} src="${request}"> is not found`);
      else if (tag === 'wxs') this.#script(found);
      else this.#template(found);
    }
  }

  #script(file) {
    if (this.scripts.has(file)) return;
    this.scripts.add(file);
    for (const [, request] of this.project.read(file).matchAll(/\brequire\(\s*["']([^"']+)["']\s*\)/g)) {
      const found = this.project.resolve(file, request, ['', '.wxs']);
      if (found) this.#script(found);
      else this.problems.error({ file }, `require('${request}') is not found`);
    }
  }

  #module(file, from) {
    if (this.modules.has(file)) return;
    if (!this.project.has(file)) {
      this.problems.error({ file: from }, `${file} is missing`);
      return;
    }
    const code = this.#commonJs(file);
    this.modules.set(file, code);
    for (const request of requiredBy(code)) {
      const found = this.project.resolve(file, request, ['', '.js', '/index.js']);
      if (found && path.posix.extname(found) === '.js') this.#module(found, file);
      else this.problems.error({ file }, `require('${request}') is not found${hint(request)}`);
    }
  }

  /** DevTools turns ES modules into CommonJS; so do we, and syntax mistakes come out with their place. */
  #commonJs(file) {
    try {
      return esbuild.transformSync(this.project.read(file), {
        format: 'cjs', target: 'es2018', charset: 'utf8', sourcefile: file, logLevel: 'silent',
      }).code;
    } catch (failure) {
      for (const { text, location } of failure.errors) {
        this.problems.error({ file, line: location?.line, column: location && location.column + 1 }, text);
      }
      return '';
    }
  }
}

/** What `require` is called with; a parser tells calls from texts that only mention one. */
function requiredBy(code) {
  const { metafile } = esbuild.buildSync({
    stdin: { contents: code }, bundle: true, external: ['*'], metafile: true, write: false, logLevel: 'silent',
  });
  return metafile.inputs['<stdin>'].imports.filter(({ kind }) => kind === 'require-call').map(({ path: request }) => request);
}

function hint(request) {
  return /^[./]/.test(request) ? '' : ` (is the package built? give it with --npm ${request}=FOLDER)`;
}

/** Page paths of the app, subpackages included. */
function pagesOf(app) {
  const packages = app.subPackages || app.subpackages || [];
  return [...(app.pages || []), ...packages.flatMap(({ root, pages }) => pages.map((page) => path.posix.join(root, page)))];
}

// WXSS to CSS: rpx, page and component scopes, tag names of the simulator's DOM.
import postcss from 'postcss';
import selectorParser from 'postcss-selector-parser';
import { convertUnits } from '../host/units.mjs';

/**
 * Rewrites one selector.
 * @param {{scope?: string, page?: string}} where `scope`: prefix of an isolated component's classes;
 *   `page`: the page that alone is styled, at no cost in specificity
 */
export function convertSelector(selector, { scope = '', page = '' } = {}) {
  return selectorParser((root) => {
    root.walkTags((tag) => { tag.value = `wx-${tag.value}`; });
    if (scope) root.walkClasses((name) => { name.value = `${scope}--${name.value}`; });
    root.walkPseudos((pseudo) => {
      if (pseudo.value === ':host') pseudo.replaceWith(hostAttribute(scope));
    });
  }).processSync(selector).split(/,(?![^()]*\))/).map((part) => forPage(part.trim(), page)).join(', ');
}

function hostAttribute(scope) {
  return selectorParser.attribute({ attribute: 'wx-host', operator: '=', value: scope, quoteMark: '"', raws: {} });
}

function forPage(selector, page) {
  if (!page) return selector;
  const own = `:where([data-page="${page}"])`;
  return /^wx-page\b/.test(selector) ? selector.replace(/^wx-page\b/, `wx-page${own}`) : `${own} ${selector}`;
}

const isKeyframes = (rule) => rule.parent.type === 'atrule' && /keyframes$/.test(rule.parent.name);

/** Compiles one WXSS file with its imports. */
export function compileStyle({ project, problems }, file, where, seen = new Set()) {
  if (seen.has(file)) return '';
  seen.add(file);
  const root = parse(project, problems, file);
  const imported = [];
  root.walkAtRules('import', (rule) => {
    const request = /["']([^"']+)["']/.exec(rule.params)?.[1] ?? '';
    const found = project.resolve(file, request, ['', '.wxss']);
    if (found) imported.push(compileStyle({ project, problems }, found, where, seen));
    else problems.error({ file, line: rule.source.start.line, column: rule.source.start.column }, `@import "${request}" is not found`);
    rule.remove();
  });
  root.walkDecls((declaration) => { declaration.value = convertUnits(declaration.value); });
  root.walkRules((rule) => { if (!isKeyframes(rule)) rule.selector = convertSelector(rule.selector, where); });
  return `${imported.join('')}${root.toString()}\n`;
}

function parse(project, problems, file) {
  try {
    return postcss.parse(project.read(file), { from: file });
  } catch (error) {
    problems.error({ file, line: error.line, column: error.column }, error.reason || error.message);
    return postcss.root();
  }
}

/** Whether a component keeps the classes of its owner (no scope of its own). */
function isShared(config) {
  return !config.component || config.styleIsolation === 'shared' || config.styleIsolation === 'page-shared';
}

/**
 * All styles of the app in the order in which they win: app, components, pages.
 * @returns {{css: string, scopes: Object<string, string>}} `scopes`: component path -> class prefix
 */
export function compileStyles(graph) {
  const { project, pages } = graph;
  const own = [...graph.components].filter(([name]) => !pages.includes(name));
  const scopes = {};
  own.filter(([, config]) => !isShared(config)).forEach(([name], index) => { scopes[name] = `c${index}`; });
  const sheets = [
    { file: 'app.wxss', where: {} },
    ...own.map(([name]) => ({ file: `${name}.wxss`, where: { scope: scopes[name] } })),
    ...pages.map((page) => ({ file: `${page}.wxss`, where: { page } })),
  ].filter(({ file }) => project.has(file));
  return { css: sheets.map(({ file, where }) => compileStyle(graph, file, where)).join(''), scopes };
}

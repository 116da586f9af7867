// Mistakes that compile but don't work: unknown tags, missing handlers, local files in WXSS, too many bytes.
import { BUILTIN_TAGS } from '../host/builtins/index.mjs';

const SPECIAL_TAGS = ['block', 'template', 'import', 'include', 'wxs', 'slot'];
const PACKAGE_BYTES_MAX = 2 * 1024 * 1024; // WeChat: the main package
const EVENT = /\b(?:capture-)?(?:mut-)?(?:bind|catch):?[\w-]+\s*=\s*"([A-Za-z_$][\w$]*)"/g;

/** Line and column of an index in a text, 1-based. */
function placeOf(file, text, index) {
  const before = text.slice(0, index).split('\n');
  return { file, line: before.length, column: before.at(-1).length + 1 };
}

const blank = (part) => part.replace(/[^\n]/g, ' ');

/** Blanks the values of attributes, keeping all positions. */
const withoutValues = (markup) => markup.replace(/=\s*("[^"]*"|'[^']*')/g, blank);

/** Blanks comments and WXS bodies, keeping all positions. */
function markupOnly(text) {
  return text.replace(/<!--[^]*?-->/g, blank).replace(/(<wxs\b[^>]*>)([^]*?)(<\/wxs>)/g, (_, open, body, close) => open + blank(body) + close);
}

/** Tags that are neither built in nor declared by any page or component. */
export function checkTags({ project, problems, templates, components }) {
  const declared = [...components.values()].flatMap(({ usingComponents }) => Object.keys(usingComponents));
  const known = new Set([...BUILTIN_TAGS, ...SPECIAL_TAGS, ...declared]);
  for (const file of templates) {
    const markup = withoutValues(markupOnly(project.read(file)));
    for (const match of markup.matchAll(/<([A-Za-z][\w-]*)/g)) {
      const [, tag] = match;
      if (known.has(tag)) continue;
      problems.error(placeOf(file, markup, match.index), `<${tag}> is neither a component of the app nor a built-in that the simulator draws`);
    }
  }
}

/** Event handlers that no module of the app names. */
function checkHandlers({ project, problems, templates, modules }) {
  const code = [...modules.values()].join('\n');
  for (const file of templates) {
    const markup = markupOnly(project.read(file));
    for (const match of markup.matchAll(EVENT)) {
      const [, handler] = match;
      const isNamed = new RegExp(`\\b${handler.replace(/\$/g, '\\$')}\\b`).test(code);
      if (!isNamed) problems.error(placeOf(file, markup, match.index), `handler ${handler} is not defined`);
    }
  }
}

/** WeChat ignores files of the package in WXSS. */
function checkStyleFiles({ project, problems }, files) {
  for (const file of files.filter((name) => name.endsWith('.wxss'))) {
    const text = project.read(file);
    for (const match of text.matchAll(/url\(\s*["']?(?!data:|https:)([^"')]+)/g)) {
      problems.error(placeOf(file, text, match.index), `url(${match[1]}): WXSS can only use data: and https: addresses`);
    }
  }
}

function checkSize({ project, problems }, packageFiles) {
  const bytes = packageFiles.reduce((sum, file) => sum + project.size(file), 0);
  if (bytes > PACKAGE_BYTES_MAX) problems.error({ file: 'app.json' }, `the package has ${bytes} bytes, WeChat takes ${PACKAGE_BYTES_MAX}`);
  return bytes;
}

/** All lints. `files`: the app's own files; `packageFiles`: with packages. Returns the bytes of the package. */
export function lint(graph, files, packageFiles) {
  checkTags(graph);
  checkHandlers(graph);
  checkStyleFiles(graph, files);
  return checkSize(graph, packageFiles);
}

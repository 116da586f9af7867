// WXML and WXS through WeChat's own template compiler.
import compiler from 'glass-easel-template-compiler';
import { withoutExtension } from './project.mjs';

const { TmplGroup } = compiler;

// WXS is not JavaScript: it has these two functions, and `constructor` is a name.
const WXS_RUNTIME = `
var getRegExp = function (pattern, flags) { return new RegExp(pattern, flags); };
var getDate = function () { return new (Function.prototype.bind.apply(Date, [null].concat([].slice.call(arguments))))(); };
var __wxsConstructor = function (value) { return value == null ? undefined : Object.prototype.toString.call(value).slice(8, -1); };
`;

// The compiler only warns of an element that is never closed; WeChat refuses it.
const MISSING_END_TAG = 65543;

/** Rewrites `x.constructor` to the WXS meaning. */
function wxsToJs(code) {
  return code.replace(/([\w$.\]\[]+)\.constructor\b/g, '__wxsConstructor($1)');
}

/** A JS expression: an object of template groups, one for each WXML file. */
export function compileTemplates({ project, templates, scripts, problems }) {
  const group = new TmplGroup();
  group.setExtraRuntimeScript(WXS_RUNTIME);
  for (const file of scripts) {
    const code = wxsToJs(project.read(file));
    group.addScript(withoutExtension(file), code);
    group.addScript(file, code);
  }
  for (const file of templates) {
    report(problems, file, group.addTmpl(withoutExtension(file), project.read(file)) || []);
  }
  return group.getTmplGenObjectGroups();
}

function report(problems, file, found) {
  for (const problem of found) {
    const place = { file, line: problem.startLine + 1, column: problem.startColumn + 1 };
    const isError = problem.isError || problem.code === MISSING_END_TAG;
    problems[isError ? 'error' : 'warn'](place, problem.message);
  }
}

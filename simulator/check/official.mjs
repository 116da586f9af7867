// WXML, WXS and WXSS through the official wcc and wcsc.
import { createRequire } from 'node:module';
import path from 'node:path';
import { withoutExtension } from '../build/project.mjs';

const require = createRequire(import.meta.url);
const wcc = require('miniprogram-compiler/src/wcc');
const wcsc = require('miniprogram-compiler/src/wcsc');
// The default of 1 MB cuts the output, and the wrapper then reports success with an empty result.
const MAX_BUFFER_BYTES = 1 << 28;

/** The place that an official compiler names: `pages/a/a.wxml:1:14: message`. */
function toProblem(text) {
  const [, file, line, column, message] = /([\w./-]+\.(?:wxml|wxss|wxs)):(\d+):(\d+):?\s*([^]*)/.exec(text) ?? [];
  if (!file) return [{ file: '' }, text.trim()];
  return [{ file: path.posix.normalize(file), line: Number(line), column: Number(column) }, message.trim().replace(/\s+/g, ' ')];
}

/** Runs one compiler; it throws, or returns an Error, when it refuses a file. */
function run(compile) {
  try {
    const result = compile();
    return result instanceof Error ? result : null;
  } catch (error) {
    return error;
  }
}

/** Adds what the official compilers refuse. `files` are names relative to the project. */
export function checkOfficially({ project, problems }, files) {
  const ending = (suffix) => files.filter((file) => file.endsWith(suffix));
  const root = path.resolve(project.root);
  const options = { maxBuffer: MAX_BUFFER_BYTES };
  const failures = [
    run(() => wcc(root, ending('.wxml').map(withoutExtension), ending('.wxs'), options)),
    run(() => wcsc(root, ending('.wxss').map(withoutExtension), options)),
  ];
  for (const failure of failures.filter(Boolean)) problems.error(...toProblem(failure.message));
}

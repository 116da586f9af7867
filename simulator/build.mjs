#!/usr/bin/env node
// Compiles a native mini-program for the browser: node simulator/build.mjs <project> <out> [--npm name=folder]...
import process from 'node:process';
import { parseArgs } from 'node:util';
import { buildProject } from './build/bundle.mjs';

const USAGE = 'usage: node simulator/build.mjs <project> <out> [--npm name=folder]... (default: --npm huitou=pkg/dist/miniprogram)';

function main() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { npm: { type: 'string', multiple: true, default: ['huitou=pkg/dist/miniprogram'] } },
  });
  if (positionals.length !== 2) throw new Error(USAGE);
  const packages = Object.fromEntries(values.npm.map((pair) => pair.split('=')));
  const { problems, graph } = buildProject(positionals[0], positionals[1], packages);
  for (const line of problems.lines()) console.error(line);
  if (problems.errors.length > 0) throw new Error(`${problems.errors.length} error(s), nothing built`);
  console.log(`built ${graph.pages.length} pages, ${graph.components.size - graph.pages.length} components, ${graph.modules.size} modules into ${positionals[1]}`);
}

try {
  main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

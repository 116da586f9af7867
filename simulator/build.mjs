#!/usr/bin/env node
// Compiles a native mini-program for the browser: node simulator/build.mjs <project> <out> [--npm name=folder]...
import process from 'node:process';
import { readArguments } from './build/arguments.mjs';
import { buildProject } from './build/bundle.mjs';

function main() {
  const { positionals: [project, out], packages } = readArguments('build.mjs <project> <out>', 2);
  const { problems, graph } = buildProject(project, out, packages);
  for (const line of problems.lines()) console.error(line);
  if (problems.errors.length > 0) throw new Error(`${problems.errors.length} error(s), nothing built`);
  const components = graph.components.size - graph.pages.length;
  console.log(`built ${graph.pages.length} pages, ${components} components, ${graph.modules.size} modules into ${out}`);
}

try {
  main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

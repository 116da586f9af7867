#!/usr/bin/env node
// Checks a native mini-program without WeChat's tools: node simulator/check.mjs <project> [--npm name=folder]...
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { readArguments } from './build/arguments.mjs';
import { Graph } from './build/graph.mjs';
import { Problems } from './build/problems.mjs';
import { Project } from './build/project.mjs';
import { checkConfig } from './check/config.mjs';
import { lint } from './check/lint.mjs';
import { checkOfficially } from './check/official.mjs';

/**
 * All checks of a project.
 * @returns {{problems: Problems, bytes: number}} `bytes`: size of the package before compression
 */
export function checkProject(folder, packages = {}) {
  const problems = new Problems();
  const project = new Project(folder, packages);
  const graph = new Graph(project, problems).collect();
  const files = project.packageFiles();
  const own = files.filter((file) => !file.startsWith('miniprogram_npm/'));
  checkOfficially(graph, own);
  checkConfig(graph);
  return { problems, bytes: lint(graph, own, files) };
}

function main() {
  const { positionals, packages } = readArguments('check.mjs <project>', 1);
  const { problems, bytes } = checkProject(positionals[0], packages);
  for (const line of problems.lines()) console.error(line);
  if (problems.errors.length > 0) throw new Error(`${problems.errors.length} error(s)`);
  console.log(`checked ${positionals[0]}: no errors, ${Math.ceil(bytes / 1024)} KB`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    main();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

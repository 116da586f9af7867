// Writes what the browser loads: the host, the compiled app and its assets.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import { GIVEN_GLOBALS, HIDDEN_GLOBALS } from '../host/hidden.mjs';
import { Graph } from './graph.mjs';
import { Problems } from './problems.mjs';
import { Project } from './project.mjs';
import { compileStyles } from './style.mjs';
import { compileTemplates } from './template.mjs';
import { checkTags } from '../check/lint.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ASSET = /\.(wasm|br|png|jpe?g|gif|svg|webp|woff2?|ttf|mp3|mp4|txt|cer)$/i;
/** Folder of the simulator's own files in the output. */
const OWN = 'simulator';

/** The app as one strict-mode script: templates outside of the wall, modules inside. */
function appScript(config, templates, modules) {
  const parameters = [...GIVEN_GLOBALS, ...HIDDEN_GLOBALS].join(', ');
  const defines = [...modules].map(([file, code]) => (
    `define(${JSON.stringify(file)}, function (require, module, exports) {\n${code}\n});`
  ));
  return `__boot(${JSON.stringify(config)}, function (Date) { return (${templates}); }, function (${parameters}) {
'use strict';
${defines.join('\n')}
});
`;
}

/**
 * Builds a project into `out`.
 * @param {string} folder the mini-program
 * @param {string} out output folder, replaced
 * @param {Object<string, string>} packages npm name -> folder
 * @returns {{problems: Problems, graph: Graph}} nothing is written when there are errors
 */
export function buildProject(folder, out, packages = {}) {
  const problems = new Problems();
  const project = new Project(folder, packages);
  const graph = new Graph(project, problems).collect();
  checkTags(graph);
  const templates = compileTemplates(graph);
  const { css, scopes } = compileStyles(graph);
  if (problems.errors.length === 0) {
    const config = { app: graph.app, project: project.config, pages: graph.pages, components: Object.fromEntries(graph.components), scopes };
    emptyFolder(out);
    copyAssets(project, out);
    writeHost(out);
    fs.writeFileSync(path.join(out, OWN, 'app.css'), css);
    fs.writeFileSync(path.join(out, OWN, 'app.js'), appScript(config, templates, graph.modules));
  }
  return { problems, graph };
}

/** Empties a folder of an earlier build; refuses to touch anything else. */
function emptyFolder(out) {
  const isOurs = fs.existsSync(path.join(out, OWN, 'app.js'));
  if (fs.existsSync(out) && fs.readdirSync(out).length > 0 && !isOurs) {
    throw new Error(`${out} holds files that are not an earlier build: choose another output folder`);
  }
  fs.rmSync(out, { recursive: true, force: true });
}

function copyAssets(project, out) {
  for (const file of project.packageFiles().filter((name) => ASSET.test(name))) {
    const target = path.join(out, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.copyFileSync(project.absolute(file), target);
  }
}

function writeHost(out) {
  fs.mkdirSync(path.join(out, OWN), { recursive: true });
  esbuild.buildSync({
    entryPoints: { host: path.join(HERE, '../host/main.mjs'), shell: path.join(HERE, '../shell/shell.mjs') },
    outdir: path.join(out, OWN),
    bundle: true,
    format: 'iife',
    charset: 'utf8',
    define: { 'process.env.NODE_ENV': '"development"' },
    logLevel: 'warning',
  });
  for (const name of ['index.html', 'phone.html']) fs.copyFileSync(path.join(HERE, '../shell', name), path.join(out, name));
  for (const name of ['shell.css', 'phone.css']) fs.copyFileSync(path.join(HERE, '../shell', name), path.join(out, OWN, name));
}

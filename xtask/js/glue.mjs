/**
 * wasm-bindgen's glue as a factory. It keeps its state in module variables, among them views of one instance's
 * memory, so an instance that replaces a trapped one needs glue that was evaluated afresh. A module is evaluated once
 * and `eval` doesn't exist in a mini-program; a function can be called again.
 */
import * as esbuild from 'esbuild';

/**
 * @param {string} contents the glue as wasm-bindgen wrote it (bundler target)
 * @param {string[]} shims modules whose exports stand in for globals of the same name
 * @returns {Promise<string>} source of a module that exports `createGlue()`
 */
export async function glueFactory(contents, shims) {
  const result = await esbuild.build({
    stdin: { contents },
    inject: shims,
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2017',
  });
  return asFactory(result.outputFiles[0].text, 'createGlue');
}

/**
 * Wraps an ES module without imports, as esbuild writes it, in a function that returns its exports.
 * @param {string} source
 * @param {string} name of the function
 */
export function asFactory(source, name) {
  const parts = source.split(/^export \{([^}]*)\};$/m);
  if (parts.length !== 3) throw new Error('the bundled glue should have one export clause, it has ' + (parts.length - 1) / 2);
  const [before, names, after] = parts;
  return `export function ${name}() {\n${before}${after}\nreturn {${names.replace(/(\S+) as (\S+)/g, '$2: $1')}};\n}\n`;
}

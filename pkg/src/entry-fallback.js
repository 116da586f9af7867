/** The package `huitou-fallback`: the engine without WebAssembly, to be passed to `open({instantiate})`. */
import { createModule } from '#fallback';

export default async function instantiate(imports) {
  return { exports: createModule(imports) };
}

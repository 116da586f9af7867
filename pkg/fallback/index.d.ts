/** The engine without WebAssembly, for `huitou.open({instantiate: require('huitou-fallback')})`. */
declare function instantiate(imports: Record<string, Record<string, Function>>): Promise<{ exports: object }>;
export = instantiate;

// WXWebAssembly: a module is named by its path in the package, never by bytes.

async function readModule(path) {
  if (typeof path !== 'string' || !/\.wasm(\.br)?$/.test(path)) {
    throw new TypeError('WXWebAssembly.instantiate: the first argument must be the path of a .wasm or .wasm.br file in the package');
  }
  const response = await fetch(path.replace(/^\//, ''));
  if (!response.ok) throw new Error(`WXWebAssembly.instantiate: ${path} is not in the package`);
  return response.arrayBuffer();
}

/** What the app sees as `WXWebAssembly`. */
export function createWasmApi(phone) {
  const instantiate = async (path, imports) => {
    const result = await WebAssembly.instantiate(await readModule(path), imports);
    await new Promise((resolve) => phone.gate.run(resolve));
    return result;
  };
  const { Memory, Table, Global } = WebAssembly;
  return { instantiate, Memory, Table, Global, RuntimeError: WebAssembly.RuntimeError };
}

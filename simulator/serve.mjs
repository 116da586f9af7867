#!/usr/bin/env node
// Serves a built mini-program on this computer alone: node simulator/serve.mjs <out> --port N
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createSimulatorServer, listen } from './server.mjs';

const USAGE = 'usage: node simulator/serve.mjs <out> [--port N] (default port 9556)';

async function main() {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { port: { type: 'string', default: '9556' } } });
  if (positionals.length !== 1) throw new Error(USAGE);
  const server = createSimulatorServer(positionals[0]);
  console.log(await listen(server, Number(values.port)));
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      server.closeAllConnections();
      server.close(() => process.exit(0));
    });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}

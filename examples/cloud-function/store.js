// What is kept: a JSON file, or memory. Cloud functions run in many instances without a common disk: there, keep the
// same object per user in a cloud database, and read, change and write it within one transaction.
const { readFileSync, renameSync, writeFileSync } = require('node:fs');

const EMPTY = { names: {}, rows: {}, parts: {}, users: {}, plans: {} };

function readFile(file) {
  try {
    return { ...structuredClone(EMPTY), ...JSON.parse(readFileSync(file, 'utf8')) };
  } catch (error) {
    if (error.code === 'ENOENT') return structuredClone(EMPTY);
    throw error;
  }
}

// `data` is read and changed as it is; `save` makes it durable, the whole or nothing.
function openStore(file) {
  const data = file ? readFile(file) : structuredClone(EMPTY);
  const save = () => {
    if (!file) return;
    writeFileSync(`${file}.new`, JSON.stringify(data), { flush: true });
    renameSync(`${file}.new`, file);
  };
  return { data, save };
}

module.exports = { openStore };

/**
 * A minified ES module as CommonJS. esbuild's own way brings half a kilobyte of helpers for modules whose exports
 * change later or are passed on; ours are constants.
 * @param {string} source as esbuild writes it: one export clause, at its end
 */
export function asCommonJs(source) {
  const parts = /^([^]*)export\{([\w$ ,]*)\};\s*$/.exec(source);
  if (parts === null) throw new Error('the bundle should end with its one export clause');
  const members = parts[2].split(',').map((name) => name.split(' as ').reverse().join(':'));
  return `${parts[1]}module.exports=Object.defineProperty({${members}},"__esModule",{value:!0});\n`;
}

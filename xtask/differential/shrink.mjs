/** Makes a case smaller as long as it shows the same. */

/** Every place of a value, as paths, outer ones first. */
function places(value, path = []) {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, inner]) => places(inner, [...path, name]))];
}

/** A copy without the member at a path; null if there is none. */
function without(value, path) {
  const copy = structuredClone(value);
  const holder = path.slice(0, -1).reduce((at, name) => at && at[name], copy);
  const name = path[path.length - 1];
  if (typeof holder !== 'object' || holder === null || !(name in holder)) return null;
  if (Array.isArray(holder)) holder.splice(Number(name), 1);
  else delete holder[name];
  return copy;
}

/**
 * The smallest case that can be reached by leaving parts out, one at a time.
 * @param {object} example
 * @param {(example: object) => boolean} shows never throws
 */
export function shrink(example, shows) {
  let smallest = example;
  for (let goesOn = true; goesOn;) {
    goesOn = false;
    for (const path of places(smallest).filter(({ length }) => length > 1)) {
      const smaller = without(smallest, path);
      if (smaller !== null && shows(smaller)) {
        smallest = smaller;
        goesOn = true;
      }
    }
  }
  return smallest;
}

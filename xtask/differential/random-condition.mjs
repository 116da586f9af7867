/** Random conditions over all operators, and the values that meet them. */

const TEXTS = ['', '0', '1', '5', '05', '1.0', ' 5 ', '1e3', '-1', 'true', 'null', 'a', 'A', 'b', 'ab', 'a,b', 'CN', 'cn', '茶', 'é', 'É', '[object Object]', 'a/b', 'catalogue a cat', 'u_000001'];
const NUMBERS = [0, 1, 2, 5, -1, 0.5, 10, 16, 1000, 1e21, 1e-7, -0, 123456789.125];
const VERSIONS = ['1.2.3', 'v1.2.3', '1.2', '2', '1.10.0', '1.2.3-rc.1', '1.2.3-rc.10', '1.2.3+9', '10.0.0', '', 'x.y', 2, 1.5, null];
const PATHS = ['country', 'country', 'level', 'level', 'ver', 'tags', 'tags', 'any', 'any', 'id', 'user', 'device', 'deep', 'deep.a', 'deep.b.c', 'tags.length', 'tags.0', 'tags.01', 'missing', 'constructor'];
const PATTERNS = ['^a', 'b$', '^[0-9]+$', 'a|b', '(a)(b)?$', 'a.b', '\\d+', '^v?\\d+\\.\\d+', '[^a]', 'a/b', 'a\\/b', '[', 'a{2}', 'a{0,1}b', '\\bcat\\b', '^.{1,3}$', 'É', '^cn$', 'null', '', '(?:x|y)*', 'a+?', '(?=a)', '(a)\\1', '^\\s*5'];
const TYPES = ['string', 'number', 'boolean', 'array', 'object', 'null', 'undefined', 'other'];

const pick = (random, list) => list[random.below(list.length)];
const list = (random, count, make) => Array.from({ length: random.below(count + 1) }, () => make(random));

/** Something of any type, often of one that does not belong there. */
export function randomValue(random, depth = 2) {
  const kind = random.below(depth > 0 ? 12 : 9);
  if (kind < 4) return pick(random, TEXTS);
  if (kind < 7) return pick(random, NUMBERS);
  if (kind === 7) return random.chance(0.5);
  if (kind === 8) return random.chance(0.3) ? null : pick(random, VERSIONS);
  if (kind < 11) return list(random, 3, () => randomValue(random, depth - 1));
  const names = ['a', 'b', 'value'].filter(() => random.chance(0.5));
  return Object.fromEntries((random.chance(0.3) ? names.reverse() : names).map((name) => [name, randomValue(random, depth - 1)]));
}

const values = (random) => list(random, 4, randomValue);
const group = (random) => pick(random, ['g0', 'g1', 'g2', 'nowhere']);

/** What stands behind each operator. */
const OPERANDS = {
  $eq: randomValue, $ne: randomValue, $lt: randomValue, $lte: randomValue, $gt: randomValue, $gte: randomValue,
  $exists: (random) => (random.chance(0.9) ? random.chance(0.5) : randomValue(random)),
  $in: values, $ini: values, $nin: values, $nini: values,
  $all: (random) => list(random, 2, (each) => randomTest(each, 1)), $alli: (random) => list(random, 2, (each) => randomTest(each, 1)),
  $inGroup: group, $notInGroup: group,
  $regex: (random) => pick(random, PATTERNS), $regexi: (random) => pick(random, PATTERNS),
  $type: (random) => pick(random, TYPES),
  $size: (random) => (random.chance(0.5) ? random.below(4) : randomTest(random, 1)),
  $elemMatch: (random) => (random.chance(0.5) ? operators(random, 1) : randomCondition(random, 1)),
  $not: (random) => randomTest(random, 1),
  // Neither knows it; the second only the core; the last stand where they have no meaning.
  $regx: randomValue, $notRegex: (random) => pick(random, PATTERNS), $and: randomValue, $savedGroup: randomValue,
  ...Object.fromEntries(['$veq', '$vne', '$vlt', '$vlte', '$vgt', '$vgte'].map((name) => [name, (random) => (random.chance(0.9) ? pick(random, VERSIONS) : randomValue(random))])),
};
const OPERATORS = Object.keys(OPERANDS);
/** Operators that mostly fail are tried less often. */
const RARE = ['$regx', '$notRegex', '$and', '$savedGroup'];

function operators(random, depth) {
  const names = Array.from({ length: pick(random, [1, 1, 1, 2]) }, () => pick(random, OPERATORS)).filter((name) => !RARE.includes(name) || random.chance(0.1));
  // `$not` and `$notRegex` side by side can't be said in the SDK's words.
  const kept = names.includes('$notRegex') ? ['$notRegex'] : names;
  return Object.fromEntries(kept.map((name) => [name, random.chance(0.03) ? randomValue(random) : OPERANDS[name](random, depth)]));
}

function randomTest(random, depth) {
  if (depth === 0 || random.chance(0.3)) return randomValue(random);
  return operators(random, depth - 1);
}

function reference(random) {
  return { id: group(random), ...(random.chance(0.3) ? { attributeKey: pick(random, ['id', 'user', 'tags']) } : {}) };
}

/** What names with a meaning of their own hold. */
const CONNECTED = {
  $and: (random, depth) => list(random, 2, () => randomCondition(random, depth - 1)),
  $or: (random, depth) => list(random, 2, () => randomCondition(random, depth - 1)),
  $nor: (random, depth) => list(random, 2, () => randomCondition(random, depth - 1)),
  $not: (random, depth) => randomCondition(random, depth - 1),
  $savedGroup: reference,
};

/** A condition; now and then something that is none. */
export function randomCondition(random, depth = 3) {
  if (random.chance(0.01)) return randomValue(random);
  const condition = {};
  for (let left = pick(random, [0, 1, 1, 1, 2]); left > 0; left--) {
    if (depth > 0 && random.chance(0.3)) {
      const name = pick(random, Object.keys(CONNECTED));
      condition[name] = random.chance(0.02) ? randomValue(random) : CONNECTED[name](random, depth);
    } else {
      condition[pick(random, PATHS)] = randomTest(random, 2);
    }
  }
  return condition;
}

/**
 * The documented differences from the SDK (docs/experiments.md, "Differences"). Each but the first rewrites a case into
 * what the core takes it for; a difference is explained only if the SDK gives the core's answer to the rewritten case.
 */

/** A condition that never passes, and an operator that never does. */
const NEVER = { $nor: [] };
const FAILS = { $in: null };

const isMap = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isList = Array.isArray;
const mapped = (object, change) => Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value, name)]));

/** Walks every condition of a case: `each.condition(value)`, `each.operators(object)`, `each.path(name)` give the new one. */
class Walk {
  constructor(each) {
    this._each = { condition: (value) => value, operators: (object) => object, path: (name) => name, ...each };
  }

  condition(given) {
    const value = this._each.condition(given);
    if (!isMap(value)) return value;
    const entries = Object.entries(value).map(([name, inner]) => this._entry(name, inner));
    return Object.fromEntries(entries);
  }

  _entry(name, value) {
    if (['$and', '$or', '$nor'].includes(name)) return [name, isList(value) ? value.map((each) => this.condition(each)) : value];
    if (name === '$not') return [name, this.condition(value)];
    return name === '$savedGroup' ? [name, value] : [this._each.path(name), this._test(value)];
  }

  _test(value) {
    if (!isMap(value) || Object.keys(value).length === 0 || !Object.keys(value).every((name) => name.startsWith('$'))) return value;
    return this._each.operators(mapped(value, (operand, name) => this._operand(name, operand)));
  }

  _operand(name, value) {
    if (name === '$not' || name === '$size') return this._test(value);
    if (name === '$all' || name === '$alli') return isList(value) ? value.map((each) => this._test(each)) : value;
    if (name !== '$elemMatch' || !isMap(value)) return value;
    const isTest = Object.keys(value).length > 0 && Object.keys(value).every((each) => each.startsWith('$'));
    return isTest ? this._test(value) : this.condition(value);
  }

  /** Of something that may have a condition of its own and prerequisites. */
  _holder(holder) {
    if (!isMap(holder)) return holder;
    const parents = isList(holder.parentConditions) ? { parentConditions: holder.parentConditions.map((each) => this._holder(each)) } : {};
    return { ...holder, ...(holder.condition ? { condition: this.condition(holder.condition) } : {}), ...parents };
  }

  _group(group) {
    if (!isMap(group) || group.type !== 'condition') return group;
    const { condition } = group;
    return { ...group, condition: isList(condition) ? NEVER : condition && this.condition(condition) };
  }

  payload({ features, experiments, savedGroups, contextualBandits }) {
    return {
      features: mapped(features, (feature) => ({ ...feature, rules: feature.rules.map((rule) => this._holder(rule)) })),
      experiments: experiments.map((each) => this._holder(each)),
      savedGroups: mapped(savedGroups, (group) => this._group(group)),
      contextualBandits: mapped(contextualBandits, (bandit) => ({ ...bandit, contexts: bandit.contexts.map((each) => this._holder(each)) })),
    };
  }
}

const walking = (each) => (example) => ({ ...example, payload: new Walk(each).payload(example.payload) });

/** What is no condition never passes. */
function asCondition(value) {
  if (value === null || value === undefined) return value;
  if (!isMap(value)) return NEVER;
  return mapped(value, (inner, name) => {
    if (inner === null) return inner;
    if (name === '$and' || name === '$or') return isList(inner) ? inner : [NEVER];
    if (name === '$nor') return isList(inner) ? inner : [{}];
    return name === '$not' && !isMap(inner) ? {} : inner;
  });
}

function asOperators(object) {
  const isOff = (name) => object[name] !== undefined && typeof object[name] !== 'string';
  const isBad = isOff('$inGroup') || isOff('$notInGroup') || (object.$elemMatch !== undefined && !isMap(object.$elemMatch));
  return isBad ? FAILS : object;
}

/**
 * Regular expressions that the core does not take match nothing. Of one that is no text the SDK depends on what came
 * before: it may find an equal text among those that it has compiled.
 */
const isUnsupported = (source) => typeof source !== 'string' || /\(\?[=!<]|\\[1-9]/.test(source);

function withoutLookaround(object) {
  return mapped(object, (value, name) => (/^\$(notR|r)egexi?$/.test(name) && isUnsupported(value) ? '[' : value));
}

function negatedRegex({ $notRegex, ...rest }) {
  return $notRegex === undefined ? rest : { ...rest, $not: { $regex: $notRegex } };
}

/** `country` is the only attribute that such texts are given. */
function withoutOddNumerals(example) {
  const { attributes } = example;
  return attributes.country === '0x10' ? { ...example, attributes: { ...attributes, country: 'zz' } } : example;
}

const TEXTS = ['id', 'key', 'hashAttribute', 'fallbackAttribute', 'seed', 'name', 'attribute', 'contextualBanditRef'];
const COUNTS = ['hashVersion', 'bucketVersion', 'minBucketVersion'];
const NUMBERS = ['coverage', ...COUNTS];
const LISTS = ['weights', 'meta', 'filters', 'parentConditions', 'ranges', 'variations'];
const PARTS = ['meta', 'filters', 'parentConditions'];
/** What the core reads of a rule that gives a value; of others it reads all. */
const OF_FORCE = ['id', 'parentConditions', 'filters', 'hashAttribute', 'fallbackAttribute', 'seed', 'hashVersion', 'range', 'coverage', 'condition', 'force'];

const isPair = (value) => isList(value) && value.length === 2 && value.every((each) => typeof each === 'number');
const isNamespace = (value) => isList(value) && value.length === 3 && typeof value[0] === 'string' && isPair(value.slice(1));

/** True if a member has a type with which the core turns the rule off. */
function isBadMember(name, value) {
  if (value === null) return false;
  if (TEXTS.includes(name)) return !['string', 'number'].includes(typeof value);
  if (NUMBERS.includes(name)) return typeof value !== 'number';
  if (LISTS.includes(name) && !isList(value)) return true;
  if (PARTS.includes(name)) return value.some((part) => !isMap(part) || Object.entries(part).some(([inner, each]) => isBadMember(inner, each)));
  if (name === 'ranges') return !value.every(isPair);
  if (name === 'range') return !isPair(value);
  return name === 'namespace' && !isNamespace(value);
}

/** A member as the core takes it; undefined if it takes it for missing. */
function asMember(name, value) {
  if (value === null && name !== 'force' && name !== 'condition') return undefined;
  if (TEXTS.includes(name)) return String(value);
  if (COUNTS.includes(name)) return Math.trunc(value) > 0 ? Math.trunc(value) : undefined;
  if (name === 'weights') return value.every((each) => typeof each === 'number') ? value : undefined;
  return PARTS.includes(name) ? value.map(asMembers) : value;
}

function asMembers(object) {
  const members = Object.entries(object).map(([name, value]) => [name, asMember(name, value)]);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

function asRule(rule) {
  const members = Object.entries(rule).filter(([name]) => !('force' in rule) || OF_FORCE.includes(name));
  return members.some(([name, value]) => isBadMember(name, value)) ? {} : asMembers(Object.fromEntries(members));
}

function asRules(example) {
  const { payload } = example;
  const features = mapped(payload.features, (feature) => ({ ...feature, rules: feature.rules.map((rule) => (isMap(rule) ? asRule(rule) : {})) }));
  return { ...example, payload: { ...payload, features } };
}

/** What objects inherit in JavaScript is no attribute. */
const INHERITED = ['constructor', 'toString', '__proto__'];
const ownPath = (name) => (name.split('.').some((part) => INHERITED.includes(part)) ? 'missing' : name);

/** A list whose text is empty is hashed by both, but shown as that text. */
function emptyHash(result) {
  const inner = result.experimentResult || result;
  return isList(inner.hashValue) && String(inner.hashValue) === '' ? { ...structuredClone(result), ...shown(result, '') } : result;
}

function shown(result, hashValue) {
  const { experimentResult } = result;
  return experimentResult ? { experimentResult: { ...experimentResult, hashValue } } : { hashValue };
}

/** By name, in the order in which they are tried: why, and the rewriting of a case or of the SDK's answer. */
export const DIFFERENCES = {
  'no condition': { why: 'what is no condition, list of conditions or id of a group never passes', rewrite: walking({ condition: asCondition, operators: asOperators }) },
  'regular expression': { why: 'lookaround, back references and what is no text match nothing', rewrite: walking({ operators: withoutLookaround }) },
  '$notRegex': { why: 'a later operator, which the SDK does not know', rewrite: walking({ operators: negatedRegex }) },
  'numeral': { why: 'texts such as 0x10 are no numbers', rewrite: withoutOddNumerals },
  'inherited name': { why: 'what every object of JavaScript inherits is no attribute', rewrite: walking({ path: ownPath }) },
  'empty list as the person': { why: 'it is hashed alike, but shown as the text that is hashed', read: emptyHash },
  'wrong type in a rule': { why: 'the rule is off; null counts as missing, a number as its digits', rewrite: asRules },
};

/** Of a case of which the SDK has thrown. */
export const THROWN = 'the SDK throws';
/** Of a case that needs more than one. */
export const SEVERAL = 'several of them';

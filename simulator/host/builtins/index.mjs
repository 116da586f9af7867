// The built-in components that the simulator draws.
import { basicBuiltins } from './basic.mjs';
import { registerBuiltin } from './define.mjs';
import { fieldBuiltins } from './field.mjs';
import { mediaBuiltins } from './media.mjs';
import { scrollBuiltins } from './scroll.mjs';
import { swiperBuiltins } from './swiper.mjs';

/** Definitions of all built-ins by tag. */
export function builtins(phone) {
  return { ...basicBuiltins(phone), ...fieldBuiltins(phone), ...mediaBuiltins(phone), ...scrollBuiltins(phone), ...swiperBuiltins(phone) };
}

/** Tags that need no declaration in `usingComponents`. */
export const BUILTIN_TAGS = Object.keys(builtins(null));

/** Makes all built-ins known to the component space. */
export function registerBuiltins(space, phone) {
  for (const [tag, spec] of Object.entries(builtins(phone))) registerBuiltin(space, tag, spec);
}

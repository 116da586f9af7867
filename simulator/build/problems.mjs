// What is wrong with a mini-program, gathered so that one run tells everything.

/** A list of mistakes and warnings, each with its place. */
export class Problems {
  constructor() {
    this.list = [];
  }

  /** Adds a mistake: the build fails. `place` is {file, line?, column?}, 1-based. */
  error(place, message) {
    this.list.push({ level: 'error', ...place, message });
  }

  /** Adds a warning: the build goes on. */
  warn(place, message) {
    this.list.push({ level: 'warning', ...place, message });
  }

  /** The mistakes alone. */
  get errors() {
    return this.list.filter(({ level }) => level === 'error');
  }

  /** One line per problem: `error pages/a/a.wxml:3:5 message`. */
  lines() {
    return this.list.map(({ level, file, line, column, message }) => {
      const place = [file, line, column].filter((part) => part !== undefined).join(':');
      return `${level} ${place} ${message}`;
    });
  }
}

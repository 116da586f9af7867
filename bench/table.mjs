/** A table for people: what was measured, ours beside theirs, and whether the goal is met. */

/** Width on a terminal; Chinese characters do not occur here. */
function padded(cells, widths) {
  return cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ').trimEnd();
}

/** A figure as text: digits that mean something, thousands parted. */
export function shown(figure) {
  if (figure === undefined || figure === null) return '–';
  if (typeof figure === 'string') return figure;
  const digits = Math.abs(figure) < 10 && !Number.isInteger(figure) ? 1 : 0;
  return figure.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** The better of the rivals over ours. */
function ratio({ ours, theirs = [] }) {
  const best = Math.min(...theirs.filter((each) => typeof each === 'number'));
  if (best === Infinity || (ours === 0 && best === 0)) return '–';
  return ours === 0 ? '∞' : (best / ours).toFixed(best / ours < 10 ? 1 : 0);
}

/** Whether the line's goal holds: its figure against `goal`, or its own `met`. */
export function isMet({ ours, goal, met }) {
  return met === undefined ? goal === undefined || ours <= goal : met;
}

function cellsOf(line) {
  const { name, unit = '', ours, theirs = [], goal, goalText } = line;
  const hasGoal = goal !== undefined || goalText !== undefined;
  const verdict = hasGoal ? (isMet(line) ? 'met' : 'MISSED') : '';
  const wanted = goalText || (goal === undefined ? '' : '≤ ' + shown(goal));
  return [unit ? `${name}, ${unit}` : name, shown(ours), ...[0, 1, 2].map((rival) => shown(theirs[rival])), ratio(line), wanted, verdict];
}

/**
 * The table as text.
 * @param {{name: string, unit?: string, ours: number, theirs?: number[], goal?: number, goalText?: string, met?: boolean}[]} lines
 */
export function table(lines) {
  const head = ['', 'huitou', 'Sensors', 'Umeng', 'GrowthBook', 'best/ours', 'goal', ''];
  const rows = [head, ...lines.map(cellsOf)];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => padded(row, widths)).join('\n');
}

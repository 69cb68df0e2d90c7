import { cut } from './text.ts';

export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}
export interface Column {
  readonly head: string;
  readonly side?: 'left' | 'right';
}

const GAP = '  ';
const MAX_COLUMNS = 80;
/** Shorter than this a name says nothing. */
const MIN_FIRST = 12;

/** Rows as aligned columns under their heads, the first cut so that lines fit; colour does not count as width. */
export function inColumns(
  columns: readonly Column[],
  rows: readonly (readonly (Cell | string)[])[],
  bold: (text: string) => string,
): string[] {
  const whole = rows.map((row) =>
    row.map((cell): Cell => (typeof cell === 'string' ? { text: cell } : cell)),
  );
  const widths = columns.map(({ head }, index) =>
    Math.max(head.length, ...whole.map((row) => row[index]?.text.length ?? 0)),
  );
  const others = widths.slice(1).reduce((sum, width) => sum + width + GAP.length, 0);
  const first = Math.min(widths[0] ?? 0, Math.max(MIN_FIRST, MAX_COLUMNS - others));
  widths[0] = first;
  const cells = whole.map((row) =>
    row.map((cell, index) => (index === 0 && cell.text.length > first ? shortened(cell, first) : cell)),
  );
  const lineOf = (row: readonly Cell[]): string =>
    row
      .map(({ text, paint = (plain) => plain }, index) => {
        const width = widths[index] ?? 0;
        const isLast = index === columns.length - 1;
        const right = columns[index]?.side === 'right';
        return paint(right ? text.padStart(width) : isLast ? text : text.padEnd(width));
      })
      .join(GAP)
      .trimEnd();
  return [lineOf(columns.map(({ head }) => ({ text: head, paint: bold }))), ...cells.map(lineOf)];
}

function shortened(cell: Cell, width: number): Cell {
  return { ...cell, text: cut(cell.text, width) };
}

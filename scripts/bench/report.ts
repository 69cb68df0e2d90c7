/** A table of the report: plain cells, made once for the terminal, the JSON and the page. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What one section of the benchmark found. */
export interface SectionReport {
  readonly name: string;
  readonly tables: readonly Table[];
  /** What a reader must know to read the tables right. */
  readonly notes: readonly string[];
  /** The same as numbers, with units in the names. */
  readonly figures: unknown;
}

export function markdownTable({ title, columns, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const widths = columns.map((column, index) =>
    Math.max(column.length, 3, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const padded = (cells: readonly string[]): string[] =>
    cells.map((cell, index) => cell.padEnd(widths[index] ?? 0));
  const rule = widths.map((width) => '-'.repeat(width));
  return [
    `**${title}**`,
    '',
    line(padded(columns)),
    line(rule),
    ...rows.map((row) => line(padded(row))),
  ].join('\n');
}

/**
 * Puts a section's text between its markers and leaves the rest of the page as it is.
 * @throws RangeError when the page has no such markers.
 */
export function replaceSection(page: string, name: string, text: string): string {
  const [start, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const from = page.indexOf(start);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new RangeError(`the page has no markers ${start} … ${end}`);
  return `${page.slice(0, from + start.length)}\n\n${text}\n\n${page.slice(to)}`;
}

export function sectionText({ tables, notes }: SectionReport, measuredOn: string): string {
  return [`_${measuredOn}_`, ...tables.map(markdownTable), ...notes].join('\n\n');
}

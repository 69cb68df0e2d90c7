/** Text of others in Markdown: shown as it is, on one line, and no markup, link or mention comes of it. */
export function plain(text: string): string {
  return (
    text
      .toWellFormed()
      // Control characters but line breaks and tabs, which become spaces below.
      .replaceAll(/[\p{Cc}--[\t\n\r]]/gv, '�')
      .replaceAll(/\s+/g, ' ')
      .trim()
      .replaceAll(/[\\`*_{}[\]()#+!|~]/g, '\\$&')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      // A word joiner: seen by nobody, but no user is called.
      .replaceAll('@', '@\u2060')
  );
}

/** Text as code; HTML, because a fence of backticks ends at a backtick of the text. */
export function code(text: string): string {
  return `<code>${plain(text)}</code>`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Folded until it is clicked. The blank lines are what lets Markdown work inside. */
export function details(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

/** Text that is already markup. Only `markup` makes it, so nothing unescaped reaches a page. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

/** No number: one that is shown is a `figure`, a coordinate is written by `px`. */
export type MarkupValue = Markup | string | null | undefined | readonly MarkupValue[];

/** Markup with every inserted value escaped; markup inside markup stays, null leaves nothing. */
export function markup(parts: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  const text = parts.map((part, index) => `${part}${render(values[index])}`).join('');
  return new Markup(text);
}

function render(value: MarkupValue): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Markup) return value.text;
  return typeof value === 'string' ? escapeMarkup(value) : value.map(render).join('');
}

/** Text as content or attribute value of HTML and XML 1.0; characters that XML forbids become �. */
export function escapeMarkup(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
}

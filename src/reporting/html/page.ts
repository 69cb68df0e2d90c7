import { createHash } from 'node:crypto';

import { markup, type Markup, type MarkupValue } from './markup.ts';
import { STYLES } from './styles.ts';

export interface PageSection<T> {
  readonly id: string;
  /** In the navigation. */
  readonly name: string;
  /** Null: there is nothing to show, and nothing to say about that. */
  readonly draw: (page: T) => Markup | null;
}
export interface PageParts<T> {
  readonly title: string;
  readonly header: Markup;
  /** What a reader must know before all sections. */
  readonly before: MarkupValue;
  readonly sections: readonly PageSection<T>[];
}

/** One file that loads nothing and runs no script. */
export function htmlPage<T>(page: T, { title, header, before, sections }: PageParts<T>): string {
  const drawn = sections.flatMap(({ id, name, draw }) => {
    const content = draw(page);
    return content === null ? [] : [{ id, name, content }];
  });
  const text = markup`<html lang="en"><head><meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<meta http-equiv="Content-Security-Policy" content="${contentPolicy()}"/>
<title>${title}</title>
${styleElement()}</head>
<body><a class="skip" href="#${drawn[0]?.id ?? ''}">Skip to the first section</a>
${header}
<nav aria-label="On this page"><ul>${drawn.map(({ id, name }) => markup`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<main>${before}
${drawn.map(({ content }) => markup`${content}\n`)}</main>
</body></html>
`;
  return `<!DOCTYPE html>\n${text.text}`;
}

/** Nothing is loaded and no script runs, even if something hostile got past the escaping. */
function contentPolicy(): string {
  const hash = createHash('sha256').update(STYLES.text).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}

function styleElement(): Markup {
  return markup`<style>${STYLES}</style>`;
}

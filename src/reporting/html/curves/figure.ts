import { SIZES, type SizeName } from '../charts/frame.ts';
import { markup, type Markup } from '../markup.ts';

export interface FigureHead {
  readonly title: string;
  readonly subtitle: string;
  /** No curve has a single point. */
  readonly empty: boolean;
}

/** A titled chart with its table; a chart without samples says so instead of drawing an empty axis. */
export function figure(
  { title, subtitle, empty }: FigureHead,
  draw: (size: SizeName) => Markup,
  table: Markup,
): Markup {
  const head = markup`<figcaption><h3>${title}</h3><p>${subtitle}</p></figcaption>`;
  if (empty) {
    return markup`<figure>${head}<p class="missing" role="note">No samples were recorded, so nothing is drawn.</p></figure>`;
  }
  const sizes = Object.keys(SIZES) as SizeName[];
  return markup`<figure>${head}${sizes.map(draw)}${table}</figure>`;
}

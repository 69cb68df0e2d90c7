import { markup, type Markup } from '../markup.ts';
import { px, type Frame } from './frame.ts';

const LABEL_GAP = 8;
const MINUTE_MS = 60_000;
/** Below this length of the axis its labels need seconds. */
const SECONDS_BELOW_MS = 10 * MINUTE_MS;

/** Horizontal grid with values at its left, world time below. */
export function axes(frame: Frame, showValue: (value: number) => string): Markup {
  const rows = frame.y.ticks(frame.yTicks).map((value) => {
    const y = px(frame.y(value));
    const left = frame.left - LABEL_GAP;
    return markup`<line class="grid" x1="${px(frame.left)}" x2="${px(frame.right)}" y1="${y}" y2="${y}"/>
<text class="tick" x="${px(left)}" y="${y}" dy="0.32em" text-anchor="end">${showValue(value)}</text>`;
  });
  const columns = timeTicks(frame).map(({ at, label }) => {
    const x = px(frame.x(at));
    return markup`<line class="axis" x1="${x}" x2="${x}" y1="${px(frame.bottom)}" y2="${px(frame.bottom + 4)}"/>
<text class="tick" x="${x}" y="${px(frame.bottom + 17)}" text-anchor="middle">${label}</text>`;
  });
  const { left, right, bottom } = frame;
  return markup`${rows}
<line class="axis" x1="${px(left)}" x2="${px(right)}" y1="${px(bottom)}" y2="${px(bottom)}"/>
${columns}`;
}

/** A label whose middle is nearer to the edge than half a label would be cut off. */
const HALF_LABEL = 18;
/** Of `14:01` and of `14:01:35`, with room between two. */
const LABEL_WIDTH = { 16: 42, 19: 62 } as const;

function timeTicks(frame: Frame): { at: Date; label: string }[] {
  const [from, to] = frame.x.domain();
  const span = (to?.getTime() ?? 0) - (from?.getTime() ?? 0);
  const end = span < SECONDS_BELOW_MS ? 19 : 16;
  const ticks = frame.x.ticks(frame.xTicks).filter((at) => frame.x(at) <= frame.width - HALF_LABEL);
  const distance = frame.x(ticks[1] ?? 0) - frame.x(ticks[0] ?? 0);
  // Every label but those that would run into their neighbour.
  const every = ticks.length < 2 ? 1 : Math.ceil(LABEL_WIDTH[end] / distance);
  return ticks
    .filter((_, index) => index % every === 0)
    .map((at) => ({ at, label: at.toISOString().slice(11, end) }));
}

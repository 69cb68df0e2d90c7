import type { RunEvidenceFile } from '../../../contracts/runs.ts';
import { showTimeOfDay } from '../../times.ts';
import { markup, type Markup } from '../markup.ts';
import { px, type Frame } from './frame.ts';

export type Steps = RunEvidenceFile['steps'];

const LABEL_WIDTH = 14;
const ROW_HEIGHT = 12;

/** The named steps as vertical bands with their number on top; the list of steps below the charts names them. */
export function stepBands(frame: Frame, steps: Steps): Markup[] {
  let lastLabel = { x: Number.NEGATIVE_INFINITY, row: 0 };
  return steps.map((step, index) => {
    const from = clamp(frame.x(step.startedAtMs), frame);
    const to = clamp(frame.x(step.finishedAtMs), frame);
    const x = (from + to) / 2;
    const row = x - lastLabel.x < LABEL_WIDTH && lastLabel.row === 0 ? 1 : 0;
    lastLabel = { x, row };
    const { top, bottom } = frame;
    const width = px(Math.max(1, to - from));
    return markup`<g class="band band-${index % 2 === 0 ? 'even' : 'odd'}"><title>${stepTitle(step, index)}</title>
<rect x="${px(from)}" y="${px(top)}" width="${width}" height="${px(bottom - top)}"/>
<line x1="${px(from)}" x2="${px(from)}" y1="${px(top)}" y2="${px(bottom)}"/>
<text x="${px(x)}" y="${px(ROW_HEIGHT * (row + 1))}" text-anchor="middle">${String(index + 1)}</text></g>`;
  });
}

function stepTitle({ name, startedAtMs, finishedAtMs }: Steps[number], index: number): string {
  return `${String(index + 1)} ${name}, ${showTimeOfDay(startedAtMs)} to ${showTimeOfDay(finishedAtMs)} world time`;
}

function clamp(x: number, { left, right }: Frame): number {
  return Math.min(right, Math.max(left, x));
}

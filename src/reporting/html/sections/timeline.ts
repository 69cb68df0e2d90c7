import type { PhaseRecord, RunState } from '../../../contracts/runs.ts';
import { known, type Cursor } from '../../documents/cursor.ts';
import { px } from '../charts/frame.ts';
import { figure } from '../figure.ts';
import { markup, type Markup } from '../markup.ts';
import { badge, section, type BadgeState } from '../parts.ts';
import { phasePlaces, type PhasePlace, type RunPage } from '../run-page.ts';

/** Milliseconds from the start of the run. */
interface Bar {
  readonly fromMs: number;
  readonly toMs: number;
}

const WIDTH = 1000;

/** Every phase as a bar on one axis of wall time, with its budget; the slowest is named. */
export function timelineSection(page: RunPage): Markup {
  const { run, figures } = page.value;
  const at = page.at('figures');
  const scale = (ms: number): number => (ms / figures.axisMs) * WIDTH;
  const slowest = slowestPhase(run);
  const rows = phasePlaces(page).map((place) => phaseRow(run, place, scale, place.phase === slowest));
  const [before, after] = [known(at.at('preparingMs')), known(at.at('closingMs'))];
  return section(
    'timeline',
    'Phases on a time line',
    markup`<p>Wall time from the start of the run; the whole axis is ${figure(at.at('axisMs'), 'duration')}.</p>
<table class="timeline"><thead><tr><th scope="col" class="num">#</th><th scope="col">phase</th><th scope="col" class="bar">time line</th><th scope="col" class="num">took</th><th scope="col">of its budget</th><th scope="col">verdict</th></tr></thead>
<tbody>${before === null ? null : frameRow('preparing the customer', before, 0, scale)}${rows}${after === null ? null : frameRow('evidence and clean-up', after, figures.axisMs - after.value, scale)}</tbody></table>`,
  );
}

/** What the frame of the scenario did before and after the phases. */
function frameRow(
  title: string,
  took: Cursor<number>,
  fromMs: number,
  scale: (ms: number) => number,
): Markup {
  const bar = { fromMs, toMs: fromMs + took.value };
  return markup`<tr class="frame"><td></td><th scope="row">${title}</th><td class="bar">${barPicture(bar, 'frame', scale)}</td><td class="num">${figure(took, 'duration')}</td><td></td><td></td></tr>`;
}

function barOf(run: RunState, { startedAt, finishedAt }: PhaseRecord): Bar | null {
  if (startedAt === null) return null;
  const sinceStart = (at: string): number => Date.parse(at) - Date.parse(run.startedAt);
  return { fromMs: sinceStart(startedAt), toMs: sinceStart(finishedAt ?? startedAt) };
}

function slowestPhase(run: RunState): PhaseRecord | undefined {
  return run.phases
    .filter(({ durationMs }) => durationMs !== null)
    .toSorted((left, right) => (right.durationMs ?? 0) - (left.durationMs ?? 0))[0];
}

function phaseRow(run: RunState, place: PhasePlace, scale: (ms: number) => number, slowest: boolean): Markup {
  const { phase, at } = place;
  const bar = barOf(run, phase);
  const took = known(at.at('durationMs'));
  const state = stateOf(phase);
  const faulty = run.input.faults.some((fault) => fault.phase === phase.name);
  const marks = [
    slowest ? markup` <span class="mark">slowest</span>` : null,
    faulty ? markup` <span class="mark">⚡ fault</span>` : null,
  ];
  return markup`<tr class="${state}"><td class="num">${figure(at.at('number'), 'ordinal')}</td><th scope="row"><a href="#phase-${String(phase.number)}">${phase.title}</a>${marks}</th><td class="bar">${bar === null ? null : barPicture(bar, state, scale)}</td><td class="num">${took === null ? '–' : figure(took, 'duration')}</td><td>${budgetMeter(place)}</td><td>${badge(state)}</td></tr>`;
}

export function stateOf(phase: PhaseRecord): BadgeState {
  return phase.verdict ?? (phase.status === 'running' ? 'running' : 'not-reached');
}

function barPicture(bar: Bar, state: string, scale: (ms: number) => number): Markup {
  const from = scale(bar.fromMs);
  // A bar of a few milliseconds must still be seen.
  const width = Math.max(4, scale(bar.toMs) - from);
  return markup`<svg class="track" viewBox="0 0 ${px(WIDTH)} 10" preserveAspectRatio="none" aria-hidden="true"><rect class="rail" width="${px(WIDTH)}" height="10"/><rect class="fill ${state}" x="${px(Math.min(from, WIDTH - width))}" width="${px(width)}" height="10"/></svg>`;
}

function budgetMeter({ figures }: PhasePlace): Markup {
  const budget = figure(figures.at('budgetMs'), 'seconds');
  const share = known(figures.at('budgetShare'));
  if (share === null) return markup`<span class="quiet">${budget}</span>`;
  return markup`<span class="meter">${meterPicture(share.value)} ${share.value > 1 ? markup`<strong>over: </strong>` : null}${figure(share, 'percent')} of ${budget}</span>`;
}

export function meterPicture(share: number): Markup {
  return markup`<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="rail" width="100" height="10"/><rect class="fill ${share > 1 ? 'failed' : 'frame'}" width="${px(Math.min(100, share * 100))}" height="10"/></svg>`;
}

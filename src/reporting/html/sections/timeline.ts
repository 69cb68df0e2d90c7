import type { PhaseRecord, RunState } from '../../../contracts/runs.ts';
import { showDuration } from '../../times.ts';
import { px } from '../charts/frame.ts';
import { markup, type Markup } from '../markup.ts';
import { badge, section } from '../parts.ts';

/** A bar of the time line: a phase, or what the frame of the scenario did before and after them. */
interface Bar {
  readonly phase: PhaseRecord | null;
  readonly title: string;
  readonly fromMs: number;
  readonly toMs: number;
}

const WIDTH = 1000;

/** Every phase as a bar on one axis of wall time, with its budget; the slowest is named. */
export function timelineSection(run: RunState): Markup {
  const startMs = Date.parse(run.startedAt);
  const bars = barsOf(run);
  const endMs = Math.max(startMs + 1, ...bars.map(({ toMs }) => toMs));
  const scale = (ms: number): number => ((ms - startMs) / (endMs - startMs)) * WIDTH;
  const slowest = slowestPhase(run);
  const rows = run.phases.map((phase) => phaseRow(run, phase, bars, scale, phase === slowest));
  const frameRow = (bar: Bar): Markup =>
    markup`<tr class="frame"><td></td><th scope="row">${bar.title}</th><td class="bar">${barPicture(bar, 'frame', scale)}</td><td class="num">${showDuration(bar.toMs - bar.fromMs)}</td><td></td><td></td></tr>`;
  const [before, after] = [bars.find(isPreparing), bars.find(isClosing)];
  return section(
    'timeline',
    'Phases on a time line',
    markup`<p>Wall time from the start of the run; the whole axis is ${showDuration(endMs - startMs)}.</p>
<table class="timeline"><thead><tr><th scope="col" class="num">#</th><th scope="col">phase</th><th scope="col" class="bar">time line</th><th scope="col" class="num">took</th><th scope="col">of its budget</th><th scope="col">verdict</th></tr></thead>
<tbody>${before === undefined ? null : frameRow(before)}${rows}${after === undefined ? null : frameRow(after)}</tbody></table>`,
  );
}

const PREPARING = 'preparing the customer';
const CLOSING = 'evidence and clean-up';
const isPreparing = ({ title }: Bar): boolean => title === PREPARING;
const isClosing = ({ title }: Bar): boolean => title === CLOSING;

function barsOf(run: RunState): Bar[] {
  const phases = run.phases.flatMap((phase): Bar[] => {
    if (phase.startedAt === null) return [];
    const fromMs = Date.parse(phase.startedAt);
    const toMs = phase.finishedAt === null ? fromMs : Date.parse(phase.finishedAt);
    return [{ phase, title: phase.title, fromMs, toMs }];
  });
  const startMs = Date.parse(run.startedAt);
  const ends = run.phases.flatMap(({ finishedAt }) => (finishedAt === null ? [] : [Date.parse(finishedAt)]));
  // Preparation that broke ended with the phase that carries its error and never started.
  const readyMs = phases[0]?.fromMs ?? ends[0];
  const preparing = { phase: null, title: PREPARING, fromMs: startMs, toMs: readyMs ?? startMs };
  const before = readyMs === undefined ? [] : [preparing];
  if (run.finishedAt === null) return [...before, ...phases];
  const fromMs = Math.max(startMs, ...ends);
  return [...before, ...phases, { phase: null, title: CLOSING, fromMs, toMs: Date.parse(run.finishedAt) }];
}

function slowestPhase(run: RunState): PhaseRecord | undefined {
  return run.phases
    .filter(({ durationMs }) => durationMs !== null)
    .toSorted((left, right) => (right.durationMs ?? 0) - (left.durationMs ?? 0))[0];
}

function phaseRow(
  run: RunState,
  phase: PhaseRecord,
  bars: readonly Bar[],
  scale: (ms: number) => number,
  slowest: boolean,
): Markup {
  const bar = bars.find((each) => each.phase === phase);
  const state = stateOf(phase);
  const faulty = run.input.faults.some((fault) => fault.phase === phase.name);
  const marks = [
    slowest ? markup` <span class="mark">slowest</span>` : null,
    faulty ? markup` <span class="mark">⚡ fault</span>` : null,
  ];
  return markup`<tr class="${state}"><td class="num">${phase.number}</td><th scope="row"><a href="#phase-${phase.number}">${phase.title}</a>${marks}</th><td class="bar">${bar === undefined ? null : barPicture(bar, state, scale)}</td><td class="num">${phase.durationMs === null ? '–' : showDuration(phase.durationMs)}</td><td>${budgetMeter(run, phase)}</td><td>${badge(state)}</td></tr>`;
}

export function stateOf(phase: PhaseRecord): Parameters<typeof badge>[0] {
  return phase.verdict ?? (phase.status === 'running' ? 'running' : 'not-reached');
}

function barPicture(bar: Bar, state: string, scale: (ms: number) => number): Markup {
  const from = scale(bar.fromMs);
  // A bar of a few milliseconds must still be seen.
  const width = Math.max(4, scale(bar.toMs) - from);
  return markup`<svg class="track" viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none" aria-hidden="true"><rect class="rail" width="${WIDTH}" height="10"/><rect class="fill ${state}" x="${px(Math.min(from, WIDTH - width))}" width="${px(width)}" height="10"/></svg>`;
}

function budgetMeter(run: RunState, phase: PhaseRecord): Markup {
  const budgetMs = budgetOf(run, phase);
  const budget = `${String(budgetMs / 1000)} s`;
  if (phase.durationMs === null) return markup`<span class="quiet">${budget}</span>`;
  const share = phase.durationMs / budgetMs;
  const over = share > 1;
  return markup`<span class="meter"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="rail" width="100" height="10"/><rect class="fill ${over ? 'failed' : 'frame'}" width="${px(Math.min(100, share * 100))}" height="10"/></svg> ${over ? markup`<strong>over: </strong>` : null}${wholePercent(share)} of ${budget}</span>`;
}

function wholePercent(share: number): string {
  const percent = share * 100;
  return percent < 1 ? '< 1 %' : `${percent.toFixed(0)} %`;
}

/** A phase in which a person decides has a budget of its own. */
function budgetOf(run: RunState, phase: PhaseRecord): number {
  return run.input.approve === 'manual' ? (phase.manualBudgetMs ?? phase.budgetMs) : phase.budgetMs;
}

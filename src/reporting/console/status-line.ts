import type { RunState } from '../../contracts/runs.ts';
import type { Estimate } from '../estimate.ts';
import { showDuration } from '../times.ts';

/** What happens right now, since when, and about how long the rest took in past runs; null when nothing does. */
export function statusLine(run: RunState, estimate: Estimate | null, nowMs: number): string | null {
  if (run.status === 'finished') return null;
  const running = run.phases.find(({ status }) => status === 'running');
  const elapsedMs = nowMs - Date.parse(running?.startedAt ?? lastEnd(run));
  const rest = estimate === null ? '' : restOf(run, estimate, elapsedMs);
  return `  … ${doing(run)} ${whole(elapsedMs)}${budget(run)}${rest}`;
}

function doing(run: RunState): string {
  if (run.phases.some(({ status }) => status === 'running')) return 'elapsed';
  if (run.phases.every(({ status }) => status !== 'pending')) return 'collecting evidence and cleaning up,';
  const begun = run.phases.some(({ status }) => status === 'finished');
  return begun ? 'preparing the next phase,' : 'preparing the customer,';
}

function budget(run: RunState): string {
  const running = run.phases.find(({ status }) => status === 'running');
  if (running === undefined) return '';
  const ms = run.input.approve === 'manual' ? (running.manualBudgetMs ?? running.budgetMs) : running.budgetMs;
  return ` of ${showDuration(ms).replace('.0 s', ' s')}`;
}

function restOf(run: RunState, estimate: Estimate, elapsedMs: number): string {
  const rest = estimate.remaining(run, elapsedMs);
  if (rest === null) return '';
  const runs = `${String(rest.runs)} past ${rest.runs === 1 ? 'run' : 'runs'}`;
  return rest.leftMs <= 0 ? `, longer than in ${runs}` : `, about ${whole(rest.leftMs)} to go (${runs})`;
}

function lastEnd(run: RunState): string {
  return run.phases.findLast(({ finishedAt }) => finishedAt !== null)?.finishedAt ?? run.startedAt;
}

function whole(ms: number): string {
  return showDuration(Math.round(ms / 1000) * 1000).replace('.0 s', ' s');
}

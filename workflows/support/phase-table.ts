import type { PhaseRecord, RunState } from '../../src/contracts/runs.ts';

const MARKS = {
  passed: '✅',
  failed: '❌',
  inconclusive: '❔',
  'infra-error': '⚠️',
  cancelled: '⏹',
} as const;

/** The phases as a Markdown table: Temporal's UI shows it as the workflow's current details. */
export function phaseTable(state: RunState): string {
  const rows = state.phases.map(
    (phase) => `| ${phase.number} | ${phase.title} | ${mark(phase)} | ${duration(phase)} |`,
  );
  return [
    `**${state.title}** — ${state.verdict ?? 'running'}${state.attempt === 1 ? '' : `, attempt ${String(state.attempt)}`}`,
    ...(state.keptUntil === undefined ? [] : ['', `Its customers are kept until ${state.keptUntil}.`]),
    '',
    '| # | phase | verdict | s |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function mark(phase: PhaseRecord): string {
  if (phase.verdict !== null) return `${MARKS[phase.verdict]} ${phase.verdict}`;
  return phase.status === 'running' ? '⏳ running' : '';
}

function duration(phase: PhaseRecord): string {
  return phase.durationMs === null ? '' : (phase.durationMs / 1000).toFixed(1);
}

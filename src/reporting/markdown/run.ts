import type { PhaseRecord, RunState } from '../../contracts/runs.ts';
import { faultText } from '../fault-position.ts';
import { showDuration } from '../times.ts';
import { VERDICT_WORDS, countPassed } from '../verdicts.ts';
import { limited, whole } from './limit.ts';
import { whyRed } from './red-run.ts';
import { code, details, plain, table } from './text.ts';
import { verdictSign } from './signs.ts';

/** A run for a pull request or a step summary: verdict, why it is red, and its phases folded. */
export function runMarkdown(run: RunState): string {
  const word = run.verdict === null ? 'running' : VERDICT_WORDS[run.verdict].word;
  const head = [
    `### ${verdictSign(run.verdict ?? 'running')} ${plain(run.title)}: ${word}`,
    '',
    [
      `run ${code(run.runId)}`,
      code(run.scenario),
      `seed ${String(run.input.seed)}`,
      `revision ${code(run.input.gitRevision)}`,
      tookText(run),
    ].join(' · '),
    ...(run.input.faults.length === 0
      ? []
      : ['', `⚡ Drill: ${run.input.faults.map((each) => plain(faultText(each))).join(', ')}`]),
  ];
  return limited([
    whole(head.join('\n')),
    ...(run.verdict === 'passed' ? [] : [whole(whyRed(run))]),
    whole(
      details(
        `${String(run.phases.length)} phases`,
        table(['', 'phase', 'gates passed', 'took'], run.phases.map(phaseRow)),
      ),
    ),
  ]);
}

function phaseRow(phase: PhaseRecord): readonly string[] {
  const { number, title, verdict, status, gates, durationMs } = phase;
  const state = verdict ?? (status === 'running' ? 'running' : 'waiting');
  return [
    verdictSign(state),
    `${String(number)} ${plain(title)}`,
    gates.length === 0 ? '–' : `${String(countPassed(gates))} of ${String(gates.length)}`,
    durationMs === null ? '–' : showDuration(durationMs),
  ];
}

function tookText({ startedAt, finishedAt }: RunState): string {
  return finishedAt === null
    ? 'not finished'
    : `took ${showDuration(Date.parse(finishedAt) - Date.parse(startedAt))}`;
}

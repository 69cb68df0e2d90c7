import type { PhaseRecord, RunState } from './runs.ts';
import type { RunSummary } from './suites.ts';

/** A finished run in a row. A run without a verdict has proved nothing: it is summed up as inconclusive. */
export function summaryOf(run: RunState): RunSummary {
  const gates = run.phases.flatMap((phase) => phase.gates);
  return {
    runId: run.runId,
    scenario: run.scenario,
    verdict: run.verdict ?? 'inconclusive',
    startedAt: run.startedAt,
    finishedAt: run.finishedAt ?? run.startedAt,
    phasesPassed: run.phases.filter(({ verdict }) => verdict === 'passed').length,
    phases: run.phases.length,
    gatesPassed: gates.filter(({ verdict }) => verdict === 'passed').length,
    gates: gates.length,
    reason: reasonOf(run),
  };
}

const REASON_LENGTH = 300;

/** The first phase that did not pass and why; else what went wrong around the phases of a run that is not green. */
function reasonOf({ phases, verdict, errors = [] }: RunState): string | null {
  if (verdict === 'passed') return null;
  const bad = phases.find((phase) => phase.verdict !== null && phase.verdict !== 'passed');
  const unreached = phases.find((phase) => phase.verdict === null);
  const line =
    bad !== undefined
      ? `${bad.name}: ${causeOf(bad)}`
      : (errors[0] ??
        (unreached === undefined ? 'stopped after its last phase' : `${unreached.name} never ran`));
  return line.replaceAll(/\s+/g, ' ').slice(0, REASON_LENGTH);
}

/** A failed gate before an undecided one, whichever came first. */
function causeOf({ gates, error }: PhaseRecord): string {
  const gate =
    gates.find(({ verdict }) => verdict === 'failed') ?? gates.find(({ verdict }) => verdict !== 'passed');
  if (gate !== undefined) return `${gate.gate}: ${gate.observed}, expected ${gate.expected}`;
  return error ?? 'no gate decided';
}

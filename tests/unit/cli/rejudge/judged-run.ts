import { judgePhase } from '../../../../src/assertions/judge-phase.ts';
import type { ScenarioGates } from '../../../../src/assertions/scenarios/index.ts';
import type { Evidence, PhaseRecord, RunState, ScenarioInput } from '../../../../src/contracts/runs.ts';
import type { ScenarioDefinition } from '../../../../src/contracts/scenarios/index.ts';

const INPUT: ScenarioInput = {
  seed: 7,
  approve: 'auto',
  prices: 'reference',
  preset: 'calm',
  faults: [],
  gitRevision: 'abc1234',
};
const AT = '2026-11-22T12:00:00.000Z';

export interface Story {
  readonly scenario: ScenarioDefinition;
  readonly gates: ScenarioGates;
  /** All of it is seen in the first phase. */
  readonly evidence: readonly Evidence[];
  readonly input?: Partial<ScenarioInput>;
  /** Phases that saw nothing the next ones could work with. */
  readonly without?: readonly string[];
  /** Wall milliseconds by phase, where they are not few. */
  readonly took?: Readonly<Record<string, number>>;
}

/** A run as the frame records it: phase after phase until one does not pass. */
export function judgedRun(story: Story): RunState {
  const { scenario, gates, took = {}, without = [] } = story;
  const input = { ...INPUT, ...story.input };
  let over = false;
  const phases = scenario.phases.map((phase, index): PhaseRecord => {
    const seen = index === 0 ? story.evidence : [];
    const durationMs = took[phase.name] ?? 100;
    const hasOutput = !without.includes(phase.name);
    const judged = { input, phase, evidence: story.evidence, durationMs, hasOutput };
    const { gates: results, verdict } = judgePhase(judged, gates[phase.name] ?? []);
    const nothing = { startedAt: null, finishedAt: null, notes: [], error: null };
    if (over) {
      const record = {
        status: 'not-reached',
        verdict: null,
        durationMs: null,
        gates: [],
        evidence: [],
      } as const;
      return { ...phase, ...nothing, ...record };
    }
    over = verdict !== 'passed';
    const record = { status: 'finished', verdict, durationMs, gates: results, evidence: seen } as const;
    return { ...phase, ...nothing, ...record, ...(hasOutput ? {} : { withoutOutput: true }) };
  });
  const bad = phases.find(({ verdict }) => verdict !== 'passed');
  return {
    runId: '20261122-120000-abcd',
    scenario: scenario.name,
    title: scenario.title,
    attempt: 1,
    input,
    status: 'finished',
    verdict: bad === undefined ? 'passed' : bad.verdict,
    startedAt: AT,
    finishedAt: AT,
    phases,
    customerId: 'cus_1',
    cleanup: 'done',
    evidenceFile: null,
    temporal: { namespace: 'e2e', workflowId: 'e2e-20261122-120000-abcd', workflowRunId: 'r' },
  };
}

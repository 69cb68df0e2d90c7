import { EXIT_CODES, type RunState, type ScenarioInput, type Verdict } from '../../contracts/runs.ts';
import type { ScenarioDefinition } from '../../contracts/scenarios/index.ts';
import type { Clock } from '../../support/clock.ts';
import { describeError } from '../../support/errors.ts';
import { createBoard, type Board } from './board.ts';
import { followRun } from './follow-run.ts';
import { newRunId } from './run-id.ts';
import { startRun } from './start-run.ts';
import type { TemporalConnection } from './temporal.ts';

export interface ManyRuns {
  readonly temporal: TemporalConnection;
  readonly clock: Clock;
  readonly scenarios: readonly ScenarioDefinition[];
  readonly inputOf: (scenario: ScenarioDefinition) => ScenarioInput;
  /** Runs at the same time. */
  readonly parallel: number;
  readonly write: (text: string) => void;
  readonly terminal: boolean;
  /** Aborts when the user detaches: nothing more is started, what runs goes on. */
  readonly signal: AbortSignal;
}

/** How one scenario ended: its last state, or why there is none. */
export interface Ended {
  readonly scenario: string;
  readonly runId: string;
  readonly run: RunState | null;
  /** The run's own when there is one; `infra-error` when it could not be followed, null when it was left. */
  readonly verdict: Verdict | null;
  readonly problem: string | null;
}

/** Runs the scenarios, never more than `parallel` at a time, in order of the list. One that breaks does not stop the others. */
export async function runMany(many: ManyRuns): Promise<readonly Ended[]> {
  const board = createBoard(many);
  const waiting = [...many.scenarios];
  const ended: Ended[] = [];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !many.signal.aborted; next = waiting.shift()) {
      ended.push(await runOne(many, next, board));
    }
  };
  await Promise.all(Array.from({ length: Math.min(many.parallel, waiting.length) }, lane));
  board.end();
  return ended;
}

async function runOne(many: ManyRuns, scenario: ScenarioDefinition, board: Board): Promise<Ended> {
  const runId = newRunId(many.clock);
  const base = { scenario: scenario.name, runId };
  try {
    await startRun(many.temporal, scenario, runId, many.inputOf(scenario));
    const reporters = [board.reporterOf(scenario.name, runId)];
    const run = await followRun({ ...many, runId, reporters });
    return { ...base, run, verdict: run === null ? null : (run.verdict ?? 'inconclusive'), problem: null };
  } catch (error) {
    board.say(`${scenario.name}  ${runId}  ${describeError(error)}`);
    return { ...base, run: null, verdict: 'infra-error', problem: describeError(error) };
  }
}

/** From worst to best. */
const SEVERITY: readonly Verdict[] = ['failed', 'infra-error', 'inconclusive', 'cancelled', 'passed'];

/** The exit code of the worst; nothing at all is inconclusive, never green. Runs that were left do not count. */
export function worstExitCode(verdicts: readonly (Verdict | null)[]): number {
  const known = verdicts.filter((each) => each !== null);
  if (known.length === 0) return verdicts.length === 0 ? EXIT_CODES.inconclusive : EXIT_CODES.passed;
  const worst = SEVERITY.find((verdict) => known.includes(verdict)) ?? 'inconclusive';
  return EXIT_CODES[worst];
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { RunState, ScenarioInput, Verdict } from '../../../src/contracts/runs.ts';
import { createRunHistory, type RunHistory } from '../../../src/reporting/history/run-history.ts';
import { publishRun } from '../../../src/reporting/publish-run.ts';
import { toTimestamp } from '../../../src/support/clock.ts';
import {
  evidence,
  gate,
  passedPhases,
  passedRun,
  rolledBackRun,
  RUN_STARTED_MS,
  runOf,
  scenarioInput,
  SLOW_CANARY,
} from '../../fixtures/runs.ts';
import { openFront, type Front } from '../fronts/front-process.ts';

let front: Front;
let clickhouse: ClickHouseClient;
let history: RunHistory;
let database = '';
let databases = 0;

beforeAll(async () => {
  front = await openFront('clickhouse_front.py', 'CONFORMANCE_CLICKHOUSE_URL');
  clickhouse = createClient({ url: front.url, log: { level: ClickHouseLogLevel.OFF } });
});
afterAll(async () => {
  await clickhouse.close();
  await front[Symbol.asyncDispose]();
});
beforeEach(() => {
  databases += 1;
  database = `history_${String(process.pid)}_${String(databases)}`;
  history = createRunHistory({ clickhouse, database });
});
afterEach(async () => {
  await clickhouse.command({ query: `DROP DATABASE IF EXISTS ${database}` });
});

const SCALE = 60;
const HOUR_MS = 3_600_000;

/** The n-th run, an hour after the one before it. */
function runAt(hour: number, verdict: Verdict = 'passed', input: Partial<ScenarioInput> = {}): RunState {
  const shiftMs = hour * HOUR_MS;
  const phases = passedPhases().map((phase) =>
    phase.number === 7 && verdict !== 'passed'
      ? {
          ...phase,
          verdict,
          gates: phase.gates.map((each) => (each.gate === 'quality-maintained' ? redOf(verdict) : each)),
        }
      : phase,
  );
  const base = runOf(verdict, phases, { input: scenarioInput(input) });
  return {
    ...base,
    runId: `run-${String(hour).padStart(3, '0')}`,
    startedAt: shifted(base.startedAt, shiftMs),
    finishedAt: shifted(base.finishedAt!, shiftMs),
    phases: phases.map((phase) => ({
      ...phase,
      startedAt: shifted(phase.startedAt!, shiftMs),
      finishedAt: shifted(phase.finishedAt!, shiftMs),
    })),
  };
}

function redOf(verdict: Verdict) {
  return gate({
    gate: 'quality-maintained',
    verdict: verdict === 'inconclusive' ? 'inconclusive' : 'failed',
    reason: '0.7 is not ≥ 0.9',
  });
}

function shifted(timestamp: string, ms: number): string {
  return toTimestamp(Date.parse(timestamp) + ms);
}

async function recordAll(runs: readonly RunState[], timeScale: number | null = SCALE): Promise<void> {
  for (const run of runs) await history.record(run, timeScale);
}

async function scoreOf(verdicts: readonly Verdict[], input: Partial<ScenarioInput> = {}) {
  await recordAll(verdicts.map((verdict, index) => runAt(index, verdict, input)));
  const [trend] = (await history.summary()).scenarios;
  return trend!.flakeScore;
}

describe('a run in the history', () => {
  it('is counted once however often it is written', async () => {
    const run = runAt(0);
    await recordAll([run, run, { ...run, errors: ['report · pages: late'] }]);
    const { scenarios, slowestPhases } = await history.summary();
    expect(scenarios).toHaveLength(1);
    expect(scenarios[0]).toMatchObject({ scenario: 'spot-migration', runs: 1, passedShare: 1 });
    expect(scenarios[0]!.points).toEqual([
      {
        runId: 'run-000',
        attempt: 1,
        startedAt: run.startedAt,
        verdict: 'passed',
        durationMs: Date.parse(run.finishedAt!) - Date.parse(run.startedAt),
        gitRevision: '3fd113f',
      },
    ]);
    expect(slowestPhases.map(({ runs }) => runs)).toEqual(Array(9).fill(1));
  });

  it('leaves no gate of an older record behind', async () => {
    await recordAll([runAt(0, 'failed'), runAt(1)]);
    expect((await history.summary()).flakyGates).toHaveLength(1);
    const judgedAgain = runAt(0);
    await recordAll([judgedAgain]);
    expect((await history.summary()).flakyGates).toEqual([]);
  });

  it('that has not ended is refused', async () => {
    await expect(history.record({ ...runAt(0), verdict: null, finishedAt: null }, SCALE)).rejects.toThrow(
      'is no finished run: verdict',
    );
    await expect(history.record({ ...runAt(0), status: 'running' }, SCALE)).rejects.toMatchObject({
      code: 'RECORD_UNREADABLE',
    });
  });

  it('is told apart by attempt, and the first verdict stays', async () => {
    const first = runAt(0, 'failed');
    const again = runAt(0);
    const startedAt = shifted(first.finishedAt!, 5 * HOUR_MS);
    const rerun: RunState = {
      ...again,
      attempt: 2,
      finishedAt: shifted(startedAt, 9_000),
      attempts: [
        {
          attempt: 1,
          order: null,
          startedAt: first.startedAt,
          finishedAt: first.finishedAt,
          verdict: 'failed',
          redPhase: 'validate-quality',
          temporalRunId: 'one',
        },
        {
          attempt: 2,
          order: {
            attempt: 2,
            fromPhase: 'validate-quality',
            settings: { model: 'small' },
            by: 'anna',
            reason: 'flaky?',
          },
          startedAt,
          finishedAt: shifted(startedAt, 9_000),
          verdict: 'passed',
          redPhase: null,
          temporalRunId: 'two',
        },
      ],
    };
    await recordAll([first, rerun]);
    const summary = await history.summary();
    expect(summary.scenarios[0]).toMatchObject({ runs: 1, passedShare: 0 });
    expect(
      summary.scenarios[0]!.points.map(({ attempt, verdict, durationMs }) => [attempt, verdict, durationMs]),
    ).toEqual([
      [1, 'failed', Date.parse(first.finishedAt!) - Date.parse(first.startedAt)],
      [2, 'passed', 9_000],
    ]);
    // The full record of the first attempt was not replaced by what the second one's list tells of it.
    expect(summary.slowestPhases.find(({ phase }) => phase === 'validate-quality')).toMatchObject({
      runs: 1,
    });
    // A history that never saw the first attempt still has its verdict.
    database = `${database}_fresh`;
    history = createRunHistory({ clickhouse, database });
    await recordAll([rerun]);
    expect(
      (await history.runs()).map(({ attempt, verdict, redPhase }) => [attempt, verdict, redPhase]),
    ).toEqual([
      [2, 'passed', null],
      [1, 'failed', 'validate-quality'],
    ]);
  });
});

describe('the flake score', () => {
  it('is the share of neighbours that differ', async () => {
    expect(await scoreOf(['passed', 'passed', 'failed', 'passed', 'passed'])).toBe(0.5);
  });

  it('is 0 for what is always the same, also always red', async () => {
    expect(await scoreOf(['failed', 'failed', 'failed'])).toBe(0);
  });

  it('is 1 for what changes every time', async () => {
    expect(await scoreOf(['passed', 'failed', 'passed'])).toBe(1);
  });

  it('is unknown below two comparable runs', async () => {
    expect(await scoreOf(['passed'])).toBeNull();
  });

  it.each(['3fd113f+', 'unknown'])('is unknown where nobody knows the code (%s)', async (gitRevision) => {
    expect(await scoreOf(['passed', 'failed', 'passed'], { gitRevision })).toBeNull();
  });

  it('compares within a revision, settings and a time scale only', async () => {
    await recordAll([
      runAt(0, 'passed', { gitRevision: 'aaa' }),
      runAt(1, 'failed', { gitRevision: 'bbb' }),
      runAt(2, 'passed', { gitRevision: 'bbb', settings: { model: 'small' } }),
      runAt(3, 'passed', { gitRevision: 'aaa' }),
    ]);
    await history.record(runAt(4, 'failed', { gitRevision: 'aaa' }), 1);
    expect((await history.summary()).scenarios[0]!.flakeScore).toBe(0);
    await recordAll([runAt(5, 'failed', { gitRevision: 'aaa' })]);
    expect((await history.summary()).scenarios[0]!.flakeScore).toBe(0.5);
  });

  it('leaves drills and cancelled runs out, and the summary says how many drills', async () => {
    await recordAll([
      runAt(0),
      runAt(1, 'failed', { faults: [SLOW_CANARY] }),
      runAt(2, 'cancelled'),
      runAt(3),
    ]);
    const summary = await history.summary();
    expect(summary.scenarios[0]).toMatchObject({ flakeScore: 0, runs: 3, passedShare: 2 / 3 });
    expect(summary.drills).toBe(1);
    expect(summary.flakyGates).toEqual([]);
  });

  it('is known of each phase and gate, worst first', async () => {
    await recordAll([runAt(0), runAt(1, 'failed'), runAt(2, 'inconclusive'), runAt(3)]);
    const { flakyGates, slowestPhases } = await history.summary();
    expect(flakyGates).toEqual([
      {
        scenario: 'spot-migration',
        phase: 'validate-quality',
        gate: 'quality-maintained',
        runs: 4,
        failed: 1,
        inconclusive: 1,
        flakeScore: 1,
      },
    ]);
    const scores = new Map(slowestPhases.map(({ phase, flakeScore }) => [phase, flakeScore]));
    expect(scores.get('validate-quality')).toBe(1);
    expect(scores.get('monitor-execution')).toBe(0);
  });
});

describe('durations', () => {
  /** A run whose sixth phase took this long. */
  function lasting(hour: number, seconds: number, verdict: Verdict = 'passed'): RunState {
    const run = runAt(hour, verdict);
    return {
      ...run,
      finishedAt: shifted(run.startedAt, seconds * 1000),
      phases: run.phases.map((phase) =>
        phase.name === 'monitor-execution' ? { ...phase, durationMs: seconds * 100 } : phase,
      ),
    };
  }

  it('are quantiles over runs that passed, in the time scale of the newest one', async () => {
    await history.record(lasting(0, 9_000), 1);
    await recordAll([10, 20, 30, 40, 50].map((seconds, index) => lasting(index + 1, seconds)));
    await recordAll([lasting(7, 1, 'failed')]);
    const { scenarios, slowestPhases } = await history.summary();
    expect(scenarios[0]).toMatchObject({ medianDurationMs: 30_000, p95DurationMs: 48_000, runs: 7 });
    // The red one failed later: this phase passed in it.
    expect(slowestPhases.find(({ phase }) => phase === 'monitor-execution')).toMatchObject({
      medianDurationMs: 2_500,
      budgetMs: 600_000,
    });
    const medians = slowestPhases.map(({ medianDurationMs }) => medianDurationMs ?? 0);
    expect(medians).toEqual(medians.toSorted((left, right) => right - left));
  });

  it('leave out phases that were never reached', async () => {
    const run = runAt(0, 'failed');
    const reached = run.phases.map((phase) =>
      phase.number <= 7
        ? phase
        : { ...phase, status: 'not-reached' as const, verdict: null, durationMs: null, gates: [] },
    );
    await recordAll([{ ...run, phases: reached }]);
    const { slowestPhases } = await history.summary();
    expect(slowestPhases.map(({ phase }) => phase).toSorted()).toEqual(
      run.phases
        .slice(0, 7)
        .map(({ name }) => name)
        .toSorted(),
    );
    expect(slowestPhases.every(({ budgetMs }) => budgetMs > 0)).toBe(true);
  });

  it('are nothing where no run passed', async () => {
    await recordAll([runAt(0, 'failed')]);
    const { scenarios } = await history.summary();
    expect(scenarios[0]).toMatchObject({ medianDurationMs: null, p95DurationMs: null });
  });

  it('of usual runs feed estimates: same time scale, neither drills nor red ones', async () => {
    await recordAll([
      runAt(0),
      runAt(1, 'failed'),
      runAt(2, 'passed', { faults: [SLOW_CANARY] }),
      runAt(3, 'passed', { approve: 'manual' }),
      { ...runAt(4), scenario: 'rollback' },
    ]);
    await history.record(runAt(5), 1);
    const durations = await history.durationsOf({ timeScale: SCALE, scenario: 'spot-migration' });
    expect(durations).toEqual([
      {
        runId: 'run-000',
        scenario: 'spot-migration',
        preparingMs: 2_570,
        closingMs: 900,
        phaseMs: Object.fromEntries(passedPhases().map(({ name, durationMs }) => [name, durationMs])),
      },
    ]);
    const all = await history.durationsOf({ timeScale: SCALE });
    expect(all.map(({ scenario }) => scenario).sort()).toEqual(['rollback', 'spot-migration']);
  });
});

describe('a span', () => {
  it('asks for scenarios, a time and the newest', async () => {
    await recordAll([0, 1, 2, 3].map((hour) => runAt(hour)));
    await recordAll([{ ...runAt(4), scenario: 'rollback' }]);
    const names = async (span: Parameters<RunHistory['runs']>[0]) =>
      (await history.runs(span)).map(({ runId }) => runId);
    expect(await names({ scenarios: ['rollback'] })).toEqual(['run-004']);
    expect(await names({ last: 2 })).toEqual(['run-004', 'run-003', 'run-002']);
    const since = toTimestamp(RUN_STARTED_MS + 2 * HOUR_MS);
    expect(await names({ since, scenarios: ['spot-migration'] })).toEqual(['run-003', 'run-002']);
    expect(
      await names({ scenarios: ['rollback'], since: toTimestamp(RUN_STARTED_MS + 9 * HOUR_MS) }),
    ).toEqual([]);
    expect((await history.summary({ last: 1 })).scenarios.map(({ runs }) => runs)).toEqual([1, 1]);
  });

  it('without runs is an empty summary, not an error', async () => {
    expect(await history.summary()).toEqual({
      scenarios: [],
      slowestPhases: [],
      flakyGates: [],
      forecasts: [],
      drills: 0,
    });
  });
});

describe('forecasts', () => {
  function forecasting(hour: number, error: number | null, measured: number | null): RunState {
    const run = runAt(hour);
    const parts = { predicted: 100, low: 90, high: 110, measured, error };
    const values = Object.entries(parts).map(([part, value]) =>
      evidence({ name: `forecast.savings.${part}`, value, unit: 'USD/month' }),
    );
    return {
      ...run,
      phases: run.phases.map((phase) =>
        phase.number === 8 ? { ...phase, evidence: [...phase.evidence, ...values] } : phase,
      ),
    };
  }

  it('are the errors that runs recorded, and those not measured are not compared', async () => {
    await recordAll([forecasting(0, 0.05, 105), forecasting(1, 0.3, 130), forecasting(2, null, null)]);
    expect((await history.summary()).forecasts).toEqual([
      {
        scenario: 'spot-migration',
        what: 'savings',
        unit: 'USD/month',
        compared: 2,
        errorMedian: 0.175,
        errorP5: 0.0625,
        errorP95: 0.2875,
        withinInterval: 0.5,
      },
    ]);
  });
});

describe('catching up with files', () => {
  let stateDirectory = '';
  beforeEach(async () => {
    stateDirectory = await mkdtemp(join(tmpdir(), 'history-'));
  });
  afterEach(() => rm(stateDirectory, { recursive: true }));

  const runsDirectory = (): string => join(stateDirectory, 'runs');
  const publish = (run: RunState, timeScale = SCALE) =>
    publishRun({ run, stateDirectory, surroundings: { temporalUi: null, timeScale } });

  it('takes each file once, and again when it has changed', async () => {
    await publish({ ...runAt(0), evidenceFile: null });
    await publish({ ...rolledBackRun({ runId: 'drill' }), evidenceFile: null });
    expect(await history.synchronise(runsDirectory())).toEqual({ imported: 2, unchanged: 0, unreadable: [] });
    expect(await history.synchronise(runsDirectory())).toEqual({ imported: 0, unchanged: 2, unreadable: [] });
    await publish({ ...runAt(0, 'failed'), evidenceFile: null });
    expect(await history.synchronise(runsDirectory())).toEqual({ imported: 1, unchanged: 1, unreadable: [] });
    const runs = await history.runs({ scenarios: ['spot-migration'] });
    expect(runs.map(({ runId, verdict, drill, timeScale }) => [runId, verdict, drill, timeScale])).toEqual([
      ['run-000', 'failed', false, SCALE],
      ['drill', 'failed', true, SCALE],
    ]);
  });

  it('names what it cannot read each time, and takes the rest', async () => {
    await publish({ ...runAt(0), evidenceFile: null });
    for (const [id, text] of [
      ['torn', '{"runId": "torn", "pha'],
      ['other', JSON.stringify(passedRun({ runId: 'somebody-else' }))],
      ['no-verdict', JSON.stringify(passedRun({ runId: 'no-verdict', verdict: null }))],
      [
        'odd-gate',
        JSON.stringify(
          passedRun({
            runId: 'odd-gate',
            phases: passedPhases().map((phase) => ({
              ...phase,
              gates: [gate({ gate: 'x', verdict: 'green' as never })],
            })),
          }),
        ),
      ],
    ] as const) {
      await publish(passedRun({ runId: id, evidenceFile: null }));
      await writeFile(join(runsDirectory(), id, 'run.json'), text);
    }
    for (const pass of [1, 2]) {
      const { imported, unreadable } = await history.synchronise(runsDirectory());
      expect(imported).toBe(pass === 1 ? 1 : 0);
      expect(unreadable.map(({ runId }) => runId)).toEqual(['no-verdict', 'odd-gate', 'other', 'torn']);
      const reasons = Object.fromEntries(unreadable.map(({ runId, reason }) => [runId, reason]));
      expect(reasons['torn']).toContain('JSON');
      expect(reasons['other']).toContain('it is not the record of this run');
      expect(reasons['no-verdict']).toContain('verdict');
      expect(reasons['odd-gate']).toContain('phases.0.gates.0.verdict');
    }
    expect(await history.runs()).toHaveLength(1);
  });

  it('is nothing to do without any run', async () => {
    expect(await history.synchronise(runsDirectory())).toEqual({ imported: 0, unchanged: 0, unreadable: [] });
  });
});

it('a ClickHouse that does not answer is said with the mend', async () => {
  await using gone = createClient({ url: 'http://127.0.0.1:9', log: { level: ClickHouseLogLevel.OFF } });
  await expect(createRunHistory({ clickhouse: gone }).summary()).rejects.toMatchObject({
    code: 'ENGINE_REFUSED',
    message: 'the history of runs cannot be read',
  });
});

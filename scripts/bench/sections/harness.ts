import type { WorkflowHandle } from '@temporalio/client';

import { DECIDE_UPDATE, type ApprovalDecision } from '../../../src/contracts/runs.ts';
import { waitFor } from '../../../src/support/waiting.ts';
import type { BenchContext } from '../context.ts';
import { number, range } from '../format.ts';
import { ended, openFrameBench, PHASES, type FrameBench, type Kind } from '../frame-bench.ts';
import type { SectionReport } from '../report.ts';
import { spreadOf } from '../statistics.ts';

const WARM_UP_ROUNDS = 3;

/** What the scenario frame costs over the bare SDK, on one server and one worker, interleaved. */
export async function benchHarness(context: BenchContext): Promise<SectionReport> {
  await using bench = await openFrameBench(context);
  const runs = await alternate(context, ['bare', 'framed'] as const, (kind) => oneRun(bench, kind, context));
  context.say('harness: runs are measured');
  const events = await alternate(context, ['bareHeld', 'framedHeld', 'framedDecided'] as const, (kind) =>
    oneEvent(bench, kind, context),
  );
  return report(runs, events);
}

/** Each kind once a round, the order turned round every time, so that a slow second strikes all alike. */
async function alternate<K extends Kind, T>(
  { quick }: BenchContext,
  kinds: readonly K[],
  measure: (kind: K) => Promise<T>,
): Promise<Record<K, T[]>> {
  const samples = Object.fromEntries(kinds.map((kind): [K, T[]] => [kind, []])) as Record<K, T[]>;
  const rounds = quick ? 5 : 40;
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) {
      const sample = await measure(kind);
      if (round >= 0) samples[kind].push(sample);
    }
  }
  return samples;
}

async function oneRun(bench: FrameBench, kind: Kind, { clock }: BenchContext) {
  const before = bench.cpuSeconds();
  const startedMs = clock.monotonicMs();
  await ended(kind, await bench.start(kind));
  const wallMs = clock.monotonicMs() - startedMs;
  const after = bench.cpuSeconds();
  return { wallMs, cpuMs: (after.server + after.worker - before.server - before.worker) * 1_000 };
}

const YES: ApprovalDecision = { decision: 'approve', by: 'benchmark', reason: 'to go on' };
/** The step after the one that waits. */
const NEXT = 6;

/** Wall milliseconds from sending the event to the beginning of the next activity. */
async function oneEvent(bench: FrameBench, kind: Kind, { clock }: BenchContext): Promise<number> {
  const handle = await bench.start(kind);
  const begun = (step: number) => bench.ledger.begunMs.get(handle.workflowId)?.get(step)?.[0];
  await waitFor(
    async () => {
      // The wait begins with the workflow task after step four, which the server tells of.
      const { raw } = await handle.describe();
      const idle = (raw.pendingWorkflowTask ?? null) === null && (raw.pendingActivities ?? []).length === 0;
      return begun(NEXT - 2) !== undefined && idle
        ? { done: true, value: undefined }
        : { done: false, observed: raw.pendingWorkflowTask };
    },
    { condition: 'a run that waits', deadlineMs: 30_000, intervalMs: 20, clock },
  );
  const sentMs = clock.monotonicMs();
  await send(kind, handle);
  await ended(kind, handle);
  const startedMs = begun(NEXT);
  if (startedMs === undefined) throw new Error(`${kind} ended without its step ${String(NEXT)}`);
  return startedMs - sentMs;
}

async function send(kind: Kind, handle: WorkflowHandle): Promise<void> {
  if (kind === 'framedDecided') await handle.executeUpdate(DECIDE_UPDATE, { args: [YES] });
  else await handle.signal('released');
}

function report(
  runs: Readonly<Record<'bare' | 'framed', readonly { wallMs: number; cpuMs: number }[]>>,
  events: Readonly<Record<'bareHeld' | 'framedHeld' | 'framedDecided', readonly number[]>>,
): SectionReport {
  const wall = { bare: spreadOfField(runs.bare, 'wallMs'), framed: spreadOfField(runs.framed, 'wallMs') };
  const cpu = { bare: spreadOfField(runs.bare, 'cpuMs'), framed: spreadOfField(runs.framed, 'cpuMs') };
  const paired = spreadOf(runs.framed.map(({ wallMs }, round) => wallMs / (runs.bare[round]?.wallMs ?? NaN)));
  const waits = {
    bare: spreadOf(events.bareHeld),
    signal: spreadOf(events.framedHeld),
    decision: spreadOf(events.framedDecided),
  };
  const rounds = String(runs.framed.length);
  return {
    name: 'harness',
    tables: [
      {
        title: `One run, alternating, ${rounds} rounds, ms`,
        columns: ['what', 'median', 'min', 'max'],
        rows: [
          [`scenario frame: ${String(PHASES)} phases, publication`, ...range(wall.framed)],
          [`bare SDK: ${String(PHASES)} activities`, ...range(wall.bare)],
          ['CPU of server, worker and client: frame', ...range(cpu.framed)],
          ['CPU of server, worker and client: bare', ...range(cpu.bare)],
        ],
      },
      {
        title: `From an event to the next activity, alternating, ${String(events.bareHeld.length)} rounds, ms`,
        columns: ['what', 'median', 'min', 'max'],
        rows: [
          ['bare SDK: signal → activity', ...range(waits.bare)],
          ['frame: signal → next phase’s activity', ...range(waits.signal)],
          ['frame: decision (Update) → next phase’s activity', ...range(waits.decision)],
        ],
      },
    ],
    notes: [
      `The frame takes ${number(wall.framed.median / wall.bare.median)} times the bare activities by medians, ${number(wall.framed.min / wall.bare.min)} by the quickest runs, ${number(paired.median)} by the median of the rounds’ ratios, and ${number(cpu.framed.median / cpu.bare.median)} times their CPU. A phase begins ${number(waits.signal.median - waits.bare.median)} ms later after a signal than a bare activity does (medians).`,
      'Targets: at most 1.10 times the bare run (1.05 is the stretch), at most 5 ms later after an event. Both sides use one Temporal server with an environment’s settings, and one worker; activities and publication do nothing.',
    ],
    figures: { runs, events, wall, cpu, paired, waits },
  };
}

function spreadOfField(samples: readonly { wallMs: number; cpuMs: number }[], field: 'wallMs' | 'cpuMs') {
  return spreadOf(samples.map((sample) => sample[field]));
}

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ReplayOutcome } from '../../src/cli/replay/outcome.ts';
import type { RejudgedRun } from '../../src/cli/rejudge/rejudge-run.ts';
import type { RunState } from '../../src/contracts/runs.ts';
import {
  killProcess,
  connectEnvironment,
  PROJECT_ROOT,
  restartProcess,
} from '../../src/environment/index.ts';
import type { RunEvent } from '../../src/reporting/events.ts';
import { anchorNow, createClock } from '../../src/support/clock.ts';
import { waitFor } from '../../src/support/waiting.ts';
import { changedCheckout, type ChangedCheckout } from '../fixtures/changed-checkout.ts';
import { e2e, remainsOf, startE2e, type RunningCommand } from './support/e2e-command.ts';

/** Replay, judging again and deploys, through the real command line in one real environment. */
const NAME = 'system-replay';
const HERE = ['--name', NAME] as const;
const clock = createClock(anchorNow(1));

/** Its onboarding asks for the role before the sign-up is told, and no run under way could go on with it. */
const CHANGES = [
  {
    file: 'workflows/onboarding-aws.ts',
    from: 'import { phasesWith',
    to: "import { sleep } from '@temporalio/workflow';\nimport { phasesWith",
  },
  {
    file: 'workflows/onboarding-aws.ts',
    from: "    const subject = await signUp(run, at('signup-and-login'), 'Acme Corp');",
    to: "    await sleep(10);\n    const subject = await signUp(run, at('signup-and-login'), 'Acme Corp');",
  },
  {
    file: 'workflows/spot-migration.ts',
    from: 'import { phasesWith',
    to: "import { sleep } from '@temporalio/workflow';\nimport { phasesWith",
  },
  {
    file: 'workflows/spot-migration.ts',
    from: "    const subject = await run.customer('Acme Corp');",
    to: "    await sleep(10);\n    const subject = await run.customer('Acme Corp');",
  },
];

let directory: string;
let checkout: ChangedCheckout;
/** Waits for a person while the other tests go on. */
let waiting: RunningCommand;
let finished: RunState;
let drainingPid: number;
beforeAll(async () => {
  if (remainsOf(NAME).length > 0) await e2e('down', ...HERE);
  directory = await mkdtemp(join(tmpdir(), 'system-replay-'));
  checkout = await changedCheckout(CHANGES);
  const up = await e2e('up', ...HERE, '--ports', 'auto');
  expect(up.exitCode, up.errors).toBe(0);
  waiting = startE2e(['run', 'spot-migration', ...HERE, '--json', '--approve', 'manual']);
  finished = await runToItsEnd('onboarding-aws');
  expect(finished.verdict).toBe('passed');
});
afterAll(async () => {
  await e2e('down', ...HERE);
  await checkout[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
  expect(remainsOf(NAME)).toEqual([]);
});

async function runToItsEnd(scenario: string): Promise<RunState> {
  const { output, errors } = await e2e('run', scenario, ...HERE, '--json');
  const id = runIdIn(output);
  expect(id, errors).not.toBeNull();
  return recordOf(id ?? '');
}

function runIdIn(output: string): string | null {
  const [first] = jsonLines<RunEvent>(output);
  return first?.type === 'run-started' ? first.run.runId : null;
}

async function recordOf(runId: string): Promise<RunState> {
  const path = join(PROJECT_ROOT, '.e2e', 'runs', runId, 'run.json');
  return JSON.parse(await readFile(path, 'utf8')) as RunState;
}

function jsonLines<T>(output: string): T[] {
  const whole = output.slice(0, output.lastIndexOf('\n') + 1).split('\n');
  return whole.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as T);
}

describe('e2e replay', () => {
  it('replays a finished run by its id and by its beginning', async () => {
    const { exitCode, output } = await e2e('replay', finished.runId, ...HERE);
    expect(output).toContain('1 history: 1 fit today’s code');
    expect(exitCode).toBe(0);
    const prefix = finished.runId.slice(0, -1);
    const [outcome] = jsonLines<ReplayOutcome>((await e2e('replay', prefix, ...HERE, '--json')).output);
    expect(outcome).toMatchObject({ runId: finished.runId, scenario: 'onboarding-aws', status: 'fits' });
  });

  it('saves histories and replays a directory of them', async () => {
    const saved = await e2e('replay', finished.runId, ...HERE, '--save', directory);
    expect(saved.output.trim()).toBe(join(directory, `${finished.runId}.pb.gz`));
    const { exitCode, output } = await e2e('replay', directory);
    expect(output).toContain('onboarding-aws');
    expect(exitCode).toBe(0);
  });

  it('names where the code of another checkout first differs, with exit code 1', async () => {
    const { exitCode, output } = await e2e('replay', directory, '--against', checkout.root);
    expect(exitCode).toBe(1);
    expect(output).toContain('diverges at event');
    expect(output).toMatch(/code\s+a timer/);
  });

  it('refuses a run that Temporal does not know, and a file that is none, in one line with what next', async () => {
    const unknown = await e2e('replay', 'nosuchrun', ...HERE);
    expect(unknown.exitCode).toBe(2);
    expect(unknown.errors).toContain('knows no run nosuchrun');
    const ambiguous = await e2e('replay', finished.runId.slice(0, 4), ...HERE);
    expect(ambiguous.exitCode).toBe(2);
    expect(ambiguous.errors).toContain('several runs begin with');
    const broken = join(directory, 'broken.json');
    await writeFile(broken, 'not a history');
    const { exitCode, output } = await e2e('replay', broken);
    expect(exitCode).toBe(3);
    expect(output).toContain('neither JSON nor protobuf');
    await rm(broken);
  });
});

describe('e2e rejudge', () => {
  const gatesFile = () => join(directory, 'gates.ts');

  it('finds nothing changed by today’s gates', async () => {
    const { exitCode, output } = await e2e('rejudge', finished.runId);
    expect(output).toContain('0 gates in 0 runs changed');
    expect(exitCode).toBe(0);
  });

  it('flips a verdict by stricter gates, says which, and leaves the record as it was', async () => {
    const { name } = finished.phases[0]!;
    const facts = join(PROJECT_ROOT, 'src', 'assertions', 'facts.ts');
    await writeFile(
      gatesFile(),
      `import { flagIs } from '${facts}';
const never = flagIs({ gate: 'never-so', evidence: 'nobody.saw.this', expected: true, because: 'it was seen' });
export const GATES = { 'onboarding-aws': { '${name}': [never] } };
`,
    );
    const { exitCode, output } = await e2e('rejudge', finished.runId, '--gates', gatesFile(), '--json');
    expect(exitCode).toBe(1);
    const [rejudged] = jsonLines<RejudgedRun>(output);
    expect(rejudged).toMatchObject({ before: 'passed', after: 'inconclusive' });
    expect(rejudged?.flips.map(({ gate }) => gate)).toContain('never-so');
    expect((await recordOf(finished.runId)).verdict).toBe('passed');
    const beside = join(PROJECT_ROOT, '.e2e', 'runs', finished.runId, 'rejudged.json');
    expect(JSON.parse(await readFile(beside, 'utf8'))).toMatchObject({ after: 'inconclusive' });
  });
});

describe('e2e deploy', () => {
  it('says when the worker runs this code already, and refuses what is no checkout', async () => {
    const same = await e2e('deploy', ...HERE);
    expect(same.exitCode, same.errors).toBe(0);
    expect(same.output).toContain('is what the worker runs already');
    const none = await e2e('deploy', ...HERE, '--from', directory);
    expect(none.exitCode).toBe(2);
    expect(none.errors).toContain('holds no checkout of this project');
  });

  it('lets the run under way end on its code while new runs start on the new one', async () => {
    const runId = runIdIn(waiting.printed()) ?? '';
    await untilItAsks(runId);
    const deployed = await e2e('deploy', ...HERE, '--from', checkout.root);
    expect(deployed.exitCode, deployed.errors).toBe(0);
    expect(deployed.output).toContain('ends what is under way');
    drainingPid = Number(/process (\d+)/.exec(deployed.output)?.[1]);
    expect(isThere(drainingPid)).toBe(true);
    const later = await runToItsEnd('onboarding-aws');
    expect(later.verdict).toBe('passed');
    // It has nothing to do, and stays: a run of its build waits for a person.
    expect(isThere(drainingPid)).toBe(true);
    const approved = await e2e('approve', runId, ...HERE, '--by', 'dana', '--reason', 'fine');
    expect(approved.exitCode, approved.errors).toBe(0);
    expect((await waiting.result).exitCode).toBe(0);
    // Each fits the code that it ran on, and no other.
    const against = (id: string, ...words: string[]) => e2e('replay', id, ...HERE, ...words);
    expect((await against(runId)).exitCode).toBe(0);
    expect((await against(later.runId)).exitCode).toBe(1);
    expect((await against(later.runId, '--against', checkout.root)).exitCode).toBe(0);
    expect((await e2e('health', ...HERE)).exitCode).toBe(0);
  });

  it('leaves no old worker behind, and a killed new one comes back where it was', async () => {
    await waitFor(
      async () =>
        isThere(drainingPid) ? { done: false, observed: drainingPid } : { done: true, value: undefined },
      { condition: 'the old worker to stop', deadlineMs: 30_000, intervalMs: 250, clock },
    );
    const environment = connectEnvironment(NAME);
    await killProcess(environment, 'worker');
    await restartProcess(environment, 'worker');
    expect((await e2e('health', ...HERE)).exitCode).toBe(0);
  });
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Waits for the person's part of the run. */
async function untilItAsks(runId: string): Promise<void> {
  await waitFor(
    async () => {
      const events = jsonLines<RunEvent>(waiting.printed());
      const asks = events.some(
        (each) => each.type === 'phase-started' && each.phase.name === 'customer-approval',
      );
      return asks
        ? { done: true, value: undefined }
        : { done: false, observed: waiting.printed().slice(-300) };
    },
    { condition: `run ${runId} to ask`, deadlineMs: 120_000, intervalMs: 250, clock },
  );
}

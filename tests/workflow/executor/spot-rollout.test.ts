import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';

import { MIGRATION_STEPS } from '../../../src/contracts/api/recommendations.ts';
import {
  CANCEL_UPDATE,
  DECIDE_UPDATE,
  PROGRESS_QUERY,
  type RolloutActivities,
  type RolloutProgress,
  type StageWindow,
} from '../../../src/platform/executor/contract.ts';
import { waitFor } from '../../../src/support/waiting.ts';
import { wallClock } from '../support/temporal-server.ts';
import { nth, observe, refuse, rollOut, type Run } from './rollouts.ts';

const moved = async () => ({ appliedAtWorldMs: 2_000_000, evidence: {} });

async function until(run: Run, condition: (progress: RolloutProgress) => boolean): Promise<void> {
  await waitFor(
    async () => {
      const progress = await run.handle.query<RolloutProgress>(PROGRESS_QUERY);
      return condition(progress) ? { done: true, value: undefined } : { done: false, observed: progress };
    },
    { condition: 'the rollout to get there', deadlineMs: 20_000, intervalMs: 50, clock: wallClock },
  );
}

test.concurrent('the seven steps run in order and the saving is reported', async () => {
  const notes = await rollOut({});
  expect(notes).toEqual([
    'status executing',
    'launch s1 s2 s3',
    'create_spot_instances completed',
    'traffic canary',
    'deploy_canary completed',
    'validate_canary completed',
    'traffic half',
    'scale_to_50_percent completed',
    'validate_50_percent completed',
    'traffic target',
    'full_migration completed',
    'terminate a',
    'terminate b',
    'terminate c',
    'terminate_ondemand completed',
    'status completed (all steps completed)',
  ]);
});

const shift = (call: number, notes: string[] = []): Partial<RolloutActivities> => ({
  shiftTraffic: nth(
    call,
    () => refuse('no'),
    async (input) => {
      notes.push(String(input.weights['s1']));
      return moved();
    },
  ),
});
/** How each step is made to fail. */
const FAULTS: Readonly<Record<(typeof MIGRATION_STEPS)[number], () => Partial<RolloutActivities>>> = {
  create_spot_instances: () => ({ launchNodes: () => refuse('no capacity') }),
  deploy_canary: () => shift(1),
  validate_canary: () => ({ observeStage: nth(1, observe('failed'), observe('passed')) }),
  scale_to_50_percent: () => shift(2),
  validate_50_percent: () => ({ observeStage: nth(2, observe('failed'), observe('passed')) }),
  full_migration: () => ({ observeStage: nth(3, observe('failed'), observe('passed')) }),
  terminate_ondemand: () => ({ checkStaying: () => refuse('share') }),
};
const REVERSIBLE = ['create_spot_instances', 'deploy_canary', 'scale_to_50_percent', 'full_migration'];

test.concurrent.each(MIGRATION_STEPS)(
  'a failure in %s undoes the completed reversible steps, newest first',
  async (step) => {
    const notes = await rollOut(FAULTS[step]());
    const position = MIGRATION_STEPS.indexOf(step);
    const before = MIGRATION_STEPS.slice(0, position);
    expect(notes.filter((line) => line.endsWith(' completed'))).toEqual(
      before.map((name) => `${name} completed`),
    );
    expect(notes).toContain(`${step} failed`);
    const undone = notes.filter((line) => line.endsWith(' rolled_back')).map((line) => line.split(' ')[0]);
    expect(undone).toEqual(before.filter((name) => REVERSIBLE.includes(name)).toReversed());
    expect(notes.indexOf(`${step} failed`)).toBeLessThan(notes.indexOf('status rolling_back'));
    expect(notes).toContain('give back new');
    expect(notes.at(-1)).toMatch(/^status rolled_back/);
  },
);

test.concurrent('traffic goes back in stages, and the spot nodes end only after it', async () => {
  const notes = await rollOut(FAULTS.full_migration());
  const way = notes.slice(notes.indexOf('status rolling_back'));
  expect(way.filter((line) => !line.endsWith('rolled_back'))).toEqual([
    'status rolling_back',
    'traffic half',
    'traffic canary',
    'traffic original',
    'give back new',
    'status rolled_back (100 % stage failed: said failed)',
  ]);
});

test.concurrent('a promise that no longer holds stops before traffic moves to 100 %', async () => {
  const notes = await rollOut({
    recheckPromise: async () => ({ holds: false, reason: 'promise broken: half of it', evidence: {} }),
  });
  expect(notes).not.toContain('traffic target');
  expect(notes.at(-1)).toBe('status rolled_back (promise broken: half of it)');
});

test.concurrent(
  'a compensation that fails does not keep the others from running, and the end is failed',
  async () => {
    const notes = await rollOut({
      ...FAULTS.validate_50_percent(),
      shiftTraffic: nth(3, () => refuse('runtime away'), moved),
    });
    expect(notes).toContain('give back new');
    expect(notes).toContain('deploy_canary rolled_back');
    expect(notes).not.toContain('scale_to_50_percent rolled_back');
    expect(notes.at(-1)).toMatch(/^status failed/);
  },
);

test.concurrent('an inconclusive stage is looked at again with twice the samples and more time', async () => {
  const windows: StageWindow[] = [];
  const notes = await rollOut({
    observeStage: async ({ window }) => {
      windows.push(window);
      return observe(windows.length === 1 ? 'inconclusive' : 'passed')({ window });
    },
  });
  expect(windows[1]?.requirement.requestsPerArm).toBe((windows[0]?.requirement.requestsPerArm ?? 0) * 2);
  expect(windows[1]?.deadlineWorldMs).toBeGreaterThan(windows[0]?.deadlineWorldMs ?? Infinity);
  expect(windows[1]?.canary.fromMs).toBe(windows[0]?.canary.fromMs);
  expect(notes.at(-1)).toMatch(/^status completed/);
});

test.concurrent('the proof of the error rate counts the windows judged before', async () => {
  const windows: StageWindow[] = [];
  await rollOut({
    observeStage: async ({ window }) => {
      windows.push(window);
      return observe('passed')({ window });
    },
  });
  expect(windows.map(({ prior }) => prior.requests)).toEqual([0, 450, 2_050]);
  expect(windows.map(({ requirement }) => requirement.proveErrorRate)).toEqual([false, false, true]);
});

test.concurrent(
  'when nobody decides on an inconclusive stage, the rollout turns back at the deadline',
  async () => {
    const notes = await rollOut({ observeStage: observe('inconclusive') });
    expect(notes).toContain('status awaiting_decision');
    expect(notes.at(-1)).toMatch(/rolled_back.*inconclusive.*nobody decided in time/);
  },
);

test.concurrent('a person may let an inconclusive stage pass', async () => {
  const notes = await rollOut(
    { observeStage: nth(3, observe('inconclusive'), nth(3, observe('passed'), observe('inconclusive'))) },
    async (run) => {
      await until(run, ({ onHold }) => onHold !== null);
      await run.handle.executeUpdate(DECIDE_UPDATE, {
        args: [{ decision: 'continue', by: 'user:usr_1', reason: 'seen enough' }],
      });
      await until(run, ({ status, onHold }) => status === 'executing' && onHold === null);
      await run.handle.executeUpdate(CANCEL_UPDATE, { args: [{ by: 'user:usr_1', reason: 'test ends' }] });
    },
  );
  expect(notes).toContain('validate_canary completed');
});

test.concurrent(
  'a person may turn an inconclusive stage back at once; a second decision is refused',
  async () => {
    const notes = await rollOut({ observeStage: observe('inconclusive') }, async (run) => {
      await until(run, ({ onHold }) => onHold !== null);
      const decision = { decision: 'rollback', by: 'user:usr_1', reason: 'no trust' };
      await run.handle.executeUpdate(DECIDE_UPDATE, { args: [decision] });
      await expect(run.handle.executeUpdate(DECIDE_UPDATE, { args: [decision] })).rejects.toThrow();
    });
    expect(notes.at(-1)).toContain('user:usr_1 decided to roll back: no trust');
  },
);

test.concurrent('a decision while nothing is on hold is refused', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const notes = await rollOut(
    {
      launchNodes: async () => {
        await held;
        return { nodes: [{ instanceId: 's1', zone: 'us-east-1a', lifecycle: 'spot' }], evidence: {} };
      },
    },
    async (run) => {
      await until(run, ({ step }) => step === 'create_spot_instances');
      const decision = { decision: 'continue', by: 'x', reason: 'y' };
      await expect(run.handle.executeUpdate(DECIDE_UPDATE, { args: [decision] })).rejects.toThrow();
      release();
    },
  );
  expect(notes.at(-1)).toMatch(/^status completed/);
});

test.concurrent('a cancel in the middle undoes what was done and names who cancelled', async () => {
  let canary = false;
  const notes = await rollOut(
    {
      observeStage: async ({ window }) => {
        canary = true;
        for (;;) {
          Context.current().heartbeat();
          await Context.current().sleep(20);
          if (window.canary.instanceIds.length === 0) return observe('passed')({ window });
        }
      },
    },
    async (run) => {
      await until(run, ({ step }) => step === 'validate_canary' && canary);
      await run.handle.executeUpdate(CANCEL_UPDATE, {
        args: [{ by: 'user:usr_1', reason: 'changed my mind' }],
      });
    },
  );
  expect(notes).toContain('validate_canary failed');
  expect(notes).toContain('deploy_canary rolled_back');
  expect(notes).toContain('create_spot_instances rolled_back');
  expect(notes.at(-1)).toBe('status cancelled (cancelled by user:usr_1: changed my mind)');
});

test.concurrent('a cancel from Temporal itself undoes as well', async () => {
  const notes = await rollOut({ observeStage: observe('inconclusive') }, async (run) => {
    await until(run, ({ onHold }) => onHold !== null);
    await run.handle.cancel();
  });
  expect(notes).toContain('give back new');
  expect(notes.at(-1)).toBe('status cancelled (cancelled)');
});

test.concurrent('past the point of no return a cancel is refused', async () => {
  let release: () => void = () => undefined;
  let ending = false;
  const held = new Promise<void>((resolve) => (release = resolve));
  const notes = await rollOut(
    {
      terminateNode: async () => {
        const beat = setInterval(() => {
          Context.current().heartbeat();
        }, 200);
        ending = true;
        await held.finally(() => {
          clearInterval(beat);
        });
        return { state: 'terminated' };
      },
    },
    async (run) => {
      await until(run, () => ending);
      const request = { by: 'x', reason: 'late' };
      await expect(run.handle.executeUpdate(CANCEL_UPDATE, { args: [request] })).rejects.toThrow();
      release();
    },
  );
  expect(notes.at(-1)).toMatch(/^status completed/);
});

test.concurrent(
  'an order that cannot be carried out ends as failed, with the reason and nothing undone',
  async () => {
    const notes = await rollOut({ loadOrder: () => refuse('plan names instances that no longer run') });
    expect(notes).toEqual(['status failed (INVALID_STATE: plan names instances that no longer run)']);
  },
);

test.concurrent('an outcome that cannot be measured is not reported as a saving', async () => {
  const savings: unknown[] = [];
  await rollOut({
    measureOutcome: () => refuse('no quote'),
    reportStatus: async ({ status, actualSavingsUsdPerMonth }) => {
      savings.push([status, actualSavingsUsdPerMonth]);
    },
  });
  expect(savings.at(-1)).toEqual(['failed', null]);
});

test.concurrent('infrastructure that fails twice is tried again', async () => {
  const away = () => Promise.reject(ApplicationFailure.retryable('away', 'DEPENDENCY_UNAVAILABLE'));
  const recheck: RolloutActivities['recheckPromise'] = async () => ({
    holds: true,
    reason: '',
    evidence: {},
  });
  const notes = await rollOut({ recheckPromise: nth(1, away, nth(1, away, recheck)) });
  expect(notes.at(-1)).toMatch(/^status completed/);
});

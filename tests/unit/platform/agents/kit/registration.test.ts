import { describe, expect, it } from 'vitest';

import { HEARTBEAT_INTERVAL_MS } from '../../../../../src/contracts/api/orchestration.ts';
import type { OrchestratorClient } from '../../../../../src/platform/agents/kit/orchestrator-client.ts';
import { Registration } from '../../../../../src/platform/agents/kit/registration.ts';
import { OptiInfraError } from '../../../../../src/support/errors.ts';
import { createLogger } from '../../../../../src/support/logging.ts';
import { stillClock } from '../fakes.ts';

const REQUEST = {
  agent_type: 'cost',
  name: 'cost-8101',
  version: '0.1.0',
  capabilities: ['spot_migration'],
  endpoint: 'http://127.0.0.1:8101',
} as const;

/** An orchestrator that answers from a script and writes down what it was asked; `sleeps` are the agent's pauses. */
function scene(script: {
  readonly refusals?: number;
  readonly forgetAtBeat?: number;
  readonly beats: number;
}) {
  const calls: string[] = [];
  const sleeps: number[] = [];
  const { promise: enough, resolve } = Promise.withResolvers<undefined>();
  let refusals = script.refusals ?? 0;
  let beats = 0;
  const orchestrator: Omit<OrchestratorClient, 'context'> = {
    register: async () => {
      if (refusals > 0) {
        refusals -= 1;
        throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', 'nobody there');
      }
      calls.push('register');
      return 'agt_1';
    },
    heartbeat: async (agentId, { load, current_tasks, status }) => {
      beats += 1;
      if (beats === script.forgetAtBeat) {
        throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', 'answered 404', { details: { status: 404 } });
      }
      calls.push(`beat ${agentId} ${status} ${current_tasks} ${load}`);
    },
    deregister: async (agentId) => {
      calls.push(`deregister ${agentId}`);
    },
  };
  const clock = stillClock();
  const registration = new Registration({
    orchestrator: { ...orchestrator, context: () => Promise.reject(new Error('not asked')) },
    request: REQUEST,
    clock: {
      ...clock,
      sleepWall: async (ms, signal) => {
        sleeps.push(ms);
        if (beats >= script.beats) {
          resolve(undefined);
          await new Promise((_resolve, reject) => {
            signal?.addEventListener('abort', () => reject(new Error('aborted')));
          });
        }
      },
    },
    logger: createLogger('test', 'silent'),
    load: () => ({ status: 'healthy', current_tasks: 2, load: 0.25 }),
  });
  return { registration, calls, sleeps, enough };
}

describe('Registration', () => {
  it('registers, beats every ten seconds with its load, and signs off', async () => {
    const { registration, calls, sleeps, enough } = scene({ beats: 2 });
    expect(registration.agentId).toBeNull();
    registration.start();
    await enough;
    expect(registration.agentId).toBe('agt_1');
    await registration.stop();
    expect(calls).toEqual([
      'register',
      'beat agt_1 healthy 2 0.25',
      'beat agt_1 healthy 2 0.25',
      'deregister agt_1',
    ]);
    expect(sleeps).toEqual([HEARTBEAT_INTERVAL_MS, HEARTBEAT_INTERVAL_MS]);
  });

  it('tries again with growing pauses until the orchestrator answers', async () => {
    const { registration, sleeps, enough } = scene({ beats: 1, refusals: 8 });
    registration.start();
    await enough;
    await registration.stop();
    expect(sleeps.slice(0, 8)).toEqual([100, 200, 400, 400, 400, 400, 400, 400]);
  });

  it('registers again when the orchestrator has forgotten it', async () => {
    const { registration, calls, enough } = scene({ beats: 3, forgetAtBeat: 2 });
    registration.start();
    await enough;
    await registration.stop();
    expect(calls.filter((call) => call === 'register')).toHaveLength(2);
  });

  it('does not sign off when it never registered', async () => {
    const { registration, calls } = scene({ beats: 1, refusals: Infinity });
    registration.start();
    await registration.stop();
    expect(calls).toEqual([]);
  });
});

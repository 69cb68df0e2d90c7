import { describe, expect, it } from 'vitest';

import type { Identity } from '../../../../../src/platform/orchestrator/identity/authentication.ts';
import {
  allowanceOf,
  ANONYMOUS_REQUESTS_PER_MINUTE,
} from '../../../../../src/platform/orchestrator/limits/rate-policy.ts';

const owner = (actor: string, plan: Identity['plan']): Identity => ({
  caller: { kind: 'owner', actor, customerId: 'cus_1' },
  plan,
  sessionId: null,
});

describe('allowanceOf', () => {
  it.each([
    ['free', 60],
    ['pro', 600],
    ['enterprise', 6_000],
  ] as const)('gives %s customers %i requests a minute', (plan, requestsPerMinute) => {
    expect(allowanceOf(owner('user:usr_1', plan), '::1')).toEqual({
      key: 'customer:cus_1',
      requestsPerMinute,
    });
  });

  it('is one for all keys and sessions of a customer', () => {
    expect(allowanceOf(owner('key:key_1', 'free'), '::1')).toEqual(
      allowanceOf(owner('user:usr_1', 'free'), '::2'),
    );
  });

  it('gives the smallest when the plan is unknown', () => {
    expect(allowanceOf(owner('user:usr_1', null), '::1')?.requestsPerMinute).toBe(60);
  });

  it('keeps the runtime’s traffic apart from its customer’s', () => {
    const runtime: Identity = {
      caller: { kind: 'runtime', actor: 'runtime:cus_1', customerId: 'cus_1' },
      plan: 'free',
      sessionId: null,
    };
    expect(allowanceOf(runtime, '::1')?.key).toBe('runtime:cus_1');
  });

  it('limits who proves nobody by address, and our own services not at all', () => {
    expect(allowanceOf(undefined, '::1')).toEqual({
      key: 'address:::1',
      requestsPerMinute: ANONYMOUS_REQUESTS_PER_MINUTE,
    });
    const service: Identity = {
      caller: { kind: 'service', actor: 'service' },
      plan: null,
      sessionId: null,
    };
    expect(allowanceOf(service, '::1')).toBeNull();
  });
});

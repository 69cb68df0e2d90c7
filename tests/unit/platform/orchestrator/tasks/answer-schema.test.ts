import { describe, expect, it } from 'vitest';

import type { HybridPlan } from '../../../../../src/contracts/api/recommendations.ts';
import { readAnswer } from '../../../../../src/platform/orchestrator/tasks/answer-schema.ts';
import { planOf } from '../conflicts/parties.ts';

const answer = (result: unknown, taskId = 'tsk_1') => ({
  task_id: taskId,
  agent_id: 'agt_1',
  execution_time_ms: 5,
  result,
});
const opinion = (changes: object = {}) => ({
  type: 'validate',
  validation: {
    verdict: 'approve',
    reasons: ['fine'],
    condition: null,
    figures: { n: 1 },
    baseline: null,
    ...changes,
  },
});

const hybrid = planOf('hybrid') as HybridPlan;
const twice = { ...hybrid, parts: [...hybrid.parts, ...hybrid.parts] };
const offer = {
  forecast: {
    cost_before_usd_per_month: 2,
    cost_after_usd_per_month: 1,
    raw_savings_usd_per_month: 1,
    savings_usd_per_month: 1,
    low_usd_per_month: 1,
    high_usd_per_month: 1,
    inputs: {},
    patterns: [],
    latency: null,
  },
  confidence: 0.9,
  risk_level: 'low',
  reasons: ['…'],
};

describe('an answer', () => {
  it('that negotiates is read when its hybrid holds together', () => {
    const body = answer({ type: 'negotiate', hybrid: { plan: hybrid, ...offer }, reasons: ['…'] });
    expect(readAnswer('tsk_1', 'negotiate', body).ok).toBe(true);
    const none = answer({ type: 'negotiate', hybrid: null, reasons: ['No hybrid holds.'] });
    expect(readAnswer('tsk_1', 'negotiate', none).ok).toBe(true);
  });

  it('is read when it fits', () => {
    const read = readAnswer('tsk_1', 'validate', answer(opinion()));
    expect(read).toEqual({ ok: true, answer: answer(opinion()) });
  });

  it.each([
    ['not an object', 'hello', 'validate', ''],
    ['another task', answer(opinion(), 'tsk_2'), 'validate', 'task_id'],
    ['another kind', answer(opinion()), 'learn', 'result.type'],
    ['an unknown verdict', answer(opinion({ verdict: 'maybe' })), 'validate', 'result.validation.verdict'],
    ['no reason', answer(opinion({ reasons: [] })), 'validate', 'result.validation.reasons'],
    [
      'a figure that is no number',
      answer(opinion({ figures: { n: 'many' } })),
      'validate',
      'result.validation.figures.n',
    ],
    [
      'features that are text',
      answer({ type: 'learn', pattern_id: 'p', features: ['a'] }),
      'learn',
      'result.features.0',
    ],
    [
      'a hybrid that holds a kind of part twice',
      answer({ type: 'negotiate', hybrid: { plan: twice, ...offer }, reasons: ['…'] }),
      'negotiate',
      'result.hybrid.plan.parts',
    ],
    [
      'an acknowledgement that acknowledges nothing',
      answer({ type: 'resolution_executed', acknowledged: false }),
      'resolution_executed',
      'result.acknowledged',
    ],
    [
      'a recommendation without plan',
      answer({ type: 'analyze', findings: [], recommendations: [{ type: 'x' }] }),
      'analyze',
      'result.recommendations.0',
    ],
  ] as const)('is refused with %s, and the fault names where', (_, body, type, where) => {
    const read = readAnswer('tsk_1', type, body);
    expect(read.ok).toBe(false);
    expect(read.ok ? '' : read.fault).toContain(where);
  });
});

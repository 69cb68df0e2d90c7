import { describe, expect, it } from 'vitest';

import { readAnswer } from '../../../../../src/platform/orchestrator/tasks/answer-schema.ts';

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

describe('an answer', () => {
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

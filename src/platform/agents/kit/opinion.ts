import type { ValidationDraft } from '../../../contracts/api/orchestration.ts';
import type { ResultOf } from './tasks/task-routes.ts';

type Opinion = Pick<ValidationDraft, 'reasons' | 'figures'> & Partial<Pick<ValidationDraft, 'baseline'>>;

export function approve(opinion: Opinion): ValidationDraft {
  return { verdict: 'approve', condition: null, baseline: null, ...opinion };
}
export function approveIf(condition: string, opinion: Opinion): ValidationDraft {
  return { verdict: 'approve_with_condition', condition, baseline: null, ...opinion };
}
export function veto(opinion: Opinion): ValidationDraft {
  return { verdict: 'veto', condition: null, baseline: null, ...opinion };
}
export function validated(validation: ValidationDraft): ResultOf<'validate'> {
  return { type: 'validate', validation };
}

import { APPROVAL_DEADLINE_MS, type ScenarioDefinition } from '../../contracts/scenarios/index.ts';
import type { ApprovalTerms, ScenarioInput } from '../../contracts/runs.ts';
import { OptiInfraError } from '../../support/errors.ts';

interface ApprovalOptions {
  readonly approve: ScenarioInput['approve'];
  readonly approvalDeadline?: number;
  readonly approvalDefault?: ApprovalTerms['otherwise'];
}

/** Refuses to wait for a person where none is asked, and terms for a decision that nobody is to take. */
export function checkApproval({ name, phases }: ScenarioDefinition, options: ApprovalOptions): void {
  const { approve, approvalDeadline, approvalDefault } = options;
  if (approve === 'auto') {
    if (approvalDeadline === undefined && approvalDefault === undefined) return;
    throw new OptiInfraError(
      'USAGE',
      '--approval-deadline and --approval-default are for runs that wait for a person',
      { hint: 'Add `--approve manual`.' },
    );
  }
  if (phases.some(({ manualBudgetMs }) => manualBudgetMs !== undefined)) return;
  throw new OptiInfraError('USAGE', `--approve manual: no phase of ${name} asks a person`, {
    hint: 'What it approves, if anything, is part of what it proves; run it with `--approve auto`.',
  });
}

/** Only what was asked for is put into the input; without it a person has a day, and an undecided run is inconclusive. */
export function approvalTerms(options: ApprovalOptions): { readonly approval?: ApprovalTerms } {
  const { approvalDeadline, approvalDefault } = options;
  if (approvalDeadline === undefined && approvalDefault === undefined) return {};
  return {
    approval: {
      deadlineMs: approvalDeadline ?? APPROVAL_DEADLINE_MS,
      otherwise: approvalDefault ?? 'undecided',
    },
  };
}

import type { AuditActivities } from '../src/contracts/activities.ts';
import type { AuditEntry } from '../src/contracts/api/customers.ts';
import { heartbeating, type ActivityDependencies } from './context.ts';
import { createEvidenceLog } from './evidence.ts';
import { recordRollbackDuration } from './rollback-duration.ts';

interface StepRow extends Record<string, unknown> {
  readonly name: string;
  readonly status: string;
}

/** Does the audit tell of everything that the rows say was done? */
export function createAuditActivities(dependencies: ActivityDependencies): AuditActivities {
  const { harness, database } = dependencies;
  return {
    readAudit: ({ subject, recommendationId, optimizationId }) =>
      heartbeating(async () => {
        const client = harness.clientOf(subject.email);
        const [entries, verification, steps, status] = await Promise.all([
          client.audit(subject.customerId),
          client.verifyAudit(subject.customerId),
          database.rows<StepRow>('SELECT name, status FROM optimization_steps WHERE optimization_id = $1', [
            optimizationId,
          ]),
          database.rows<{ status: string }>('SELECT status FROM optimizations WHERE id = $1', [
            optimizationId,
          ]),
        ]);
        const log = createEvidenceLog(harness.clock);
        const missing = missingFrom(entries, {
          recommendationId,
          optimizationId,
          steps,
          status: status[0]?.status ?? 'none',
        });
        const about = { source: 'GET /customers/{id}/audit against PostgreSQL', sampleSize: entries.length };
        log.record('audit.missing', missing, { unit: 'text', ...about });
        log.record('audit.entries', entries.length, { unit: 'count', ...about });
        log.record('audit.steps-told', steps.filter(isBegun).length, { unit: 'count', ...about });
        await recordRollbackDuration(dependencies, log, { subject, optimizationId, entries });
        log.record('audit.still-valid', verification.valid, {
          unit: 'flag',
          source: 'GET /customers/{id}/audit/verify',
          sampleSize: verification.entries,
        });
        return {
          evidence: log.evidence,
          notes: [
            `${String(entries.length)} audit entries${missing.map((each) => `; missing: ${each}`).join('')}`,
          ],
          output: {},
        };
      }),
  };
}

function isBegun({ status }: StepRow): boolean {
  return status !== 'pending';
}

/** What happened by the rows and has no entry. */
export function missingFrom(
  entries: readonly Pick<AuditEntry, 'action' | 'subject' | 'data'>[],
  told: { recommendationId: string; optimizationId: string; steps: readonly StepRow[]; status: string },
): string[] {
  const has = (action: string, subject: string, data: Readonly<Record<string, unknown>> = {}): boolean =>
    entries.some(
      (entry) =>
        entry.action === action &&
        entry.subject === subject &&
        Object.entries(data).every(([name, value]) => entry.data[name] === value),
    );
  const { optimizationId: id } = told;
  const ends: Readonly<Record<string, string>> = {
    completed: 'optimization.step_completed',
    failed: 'optimization.step_failed',
    rolled_back: 'optimization.step_rolled_back',
  };
  const steps = told.steps.filter(isBegun).flatMap(({ name, status }) => {
    const wanted = ['optimization.step_started', ...(ends[status] === undefined ? [] : [ends[status]])];
    return wanted
      .filter((action) => !has(action, id, { step: name }))
      .map((action) => `${action} of ${name}`);
  });
  return [
    ...(has('recommendation.approved', told.recommendationId) ? [] : ['recommendation.approved']),
    ...(has('optimization.queued', id) ? [] : ['optimization.queued']),
    ...steps,
    ...(has('optimization.status', id, { status: told.status })
      ? []
      : [`optimization.status ${told.status}`]),
  ];
}

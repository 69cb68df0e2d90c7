import type { GoldenResults } from '../../../contracts/api/agent-runtime.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { invalidField } from '../../kit/invalid-field.ts';
import type { OrchestratorServices } from '../services.ts';
import { lockGoldenRun, type GoldenRunRow } from './store.ts';

/**
 * Takes in what the runtime was answered. The first complete result counts and is never changed; an incomplete one is
 * kept with its reason, as a failed run, until a complete one comes.
 */
export async function recordGoldenResults(
  services: OrchestratorServices,
  customerId: string,
  results: GoldenResults,
): Promise<void> {
  await services.database.asCustomer(customerId, async (trx) => {
    const run = await lockGoldenRun(trx, results.golden_run_id);
    if (run === undefined) {
      throw new OptiInfraError(
        'NOT_FOUND',
        `golden_run_id: there is no golden run ${results.golden_run_id}.`,
      );
    }
    const complete = isComplete(run, results);
    if (run.status === 'completed' || (run.status === 'failed' && !complete)) return;
    const status = complete ? 'completed' : 'failed';
    const { answers, problem } = results;
    await trx
      .updateTable('golden_runs')
      .set({
        status,
        answers: JSON.stringify(answers),
        problem,
        finished_at: new Date(services.clock.wallMs()),
      })
      .where('id', '=', run.id)
      .execute();
    await services.audit.append(trx, {
      customerId,
      actor: `runtime:${customerId}`,
      action: `golden_run.${status}`,
      subject: run.id,
      data: { deployment: run.deployment, prompts: run.prompts, answers: answers.length, problem },
    });
  });
}

/** Complete and without a problem, or incomplete and with one: anything else contradicts itself. */
function isComplete({ prompts }: GoldenRunRow, { answers, problem }: GoldenResults): boolean {
  if (answers.length > prompts) {
    throw invalidField('body.answers', `holds ${answers.length} answers to ${prompts} prompts`);
  }
  const complete = answers.length === prompts;
  if (complete && problem !== null) throw invalidField('body.problem', 'must be null: all were answered');
  if (!complete && problem === null) {
    throw invalidField('body.problem', `must say why ${prompts - answers.length} prompts have no answer`);
  }
  return complete;
}

import type { ValidationDraft } from '../../../../contracts/api/orchestration.ts';
import type { OptimizationPlan } from '../../../../contracts/api/recommendations.ts';
import { changesSpeed } from '../../kit/engine/reconfigure.ts';
import { observeDeployment } from '../../kit/observation/observe-deployment.ts';
import { validated, veto } from '../../kit/opinion.ts';
import type { AgentServices } from '../../kit/services.ts';
import type { ResultOf, TaskOf } from '../../kit/tasks/task-routes.ts';
import { judgeByForecast } from './forecast-opinion.ts';
import { judgeIdle, judgeNeutralConfiguration, judgeReplacement } from './plain-opinions.ts';

export async function validatePerformance(
  services: AgentServices,
  { customer_id, recommendation: { plan } }: TaskOf<'validate'>,
): Promise<ResultOf<'validate'>> {
  return validated(await opinionOn(services, customer_id, plan));
}

async function opinionOn(
  services: AgentServices,
  customerId: string,
  plan: OptimizationPlan,
): Promise<ValidationDraft> {
  const context = await services.orchestrator.context(customerId);
  if (plan.kind === 'replacement') return judgeReplacement(context, plan);
  if (plan.kind === 'scale_in' && plan.reason === 'idle') return judgeIdle(services, context, plan);
  if (plan.kind === 'configuration_change' && !changesSpeed(plan.from, plan.to)) {
    return judgeNeutralConfiguration(context, plan);
  }
  const deployment = context.deployments.find(({ name }) => name === plan.deployment);
  if (deployment === undefined) {
    return veto({ reasons: [`no deployment ${plan.deployment} is known`], figures: {} });
  }
  const observed = await observeDeployment(services, context, deployment);
  if (!observed.ok) return veto({ reasons: [observed.reason], figures: {} });
  return judgeByForecast(observed.observation, plan, context.preferences.slo);
}

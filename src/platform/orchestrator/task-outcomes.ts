import { completeAnalysis, failAnalysis } from './analyses/service.ts';
import { recordAcknowledgement } from './conflicts/acknowledgement.ts';
import { recordLesson } from './optimizations/learning.ts';
import { createRecommendations } from './recommendations/creation.ts';
import { judgeAgain, recordOpinion } from './recommendations/opinions.ts';
import type { OrchestratorServices } from './services.ts';
import type { TaskOutcomes } from './tasks/outcomes.ts';

/** What a finished task leads to: the one place where the slices of the flow meet. */
export function createTaskOutcomes(services: OrchestratorServices): TaskOutcomes {
  return {
    completed: async (trx, task, result) => {
      switch (result.type) {
        case 'analyze': {
          const { recommendations, findings } = result;
          const { ids, refused } = await createRecommendations(services, trx, task, recommendations);
          const found = { findings: [...findings, ...refused], recommendationIds: ids };
          return completeAnalysis(services, trx, task, found);
        }
        case 'validate':
          return recordOpinion(services, trx, task, result.validation);
        case 'learn':
          return recordLesson(services, trx, task, result);
        case 'negotiate':
          // Whoever asked waits for it and reads the answer from the task.
          return;
        case 'resolution_executed':
          return recordAcknowledgement(services, trx, task);
      }
    },
    ended: async (trx, task, status, error) => {
      if (task.type === 'analyze') return failAnalysis(services, trx, task, error);
      // A missing opinion leaves the recommendation waiting until it expires; a missing lesson the outcome without pattern.
      await services.audit.append(trx, {
        customerId: task.customer_id,
        actor: 'service',
        action: `task.${status}`,
        subject: task.id,
        data: { type: task.type, agent_type: task.agent_type, error },
      });
      if (task.recommendation_id !== null) await judgeAgain(services, trx, task.recommendation_id);
    },
  };
}

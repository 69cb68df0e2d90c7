import type { PlatformServer } from '../kit/server.ts';
import { registerAnalysisRoutes } from './analyses/routes.ts';
import { completeAnalysis, failAnalysis } from './analyses/service.ts';
import type { Sealing } from './customers/sealing.ts';
import { registerDashboardRoutes } from './dashboard/routes.ts';
import { registerInternalRoutes } from './internal/routes.ts';
import { registerInventoryRoutes } from './inventory/routes.ts';
import type { Loop } from './loops.ts';
import { registerMetricRoutes } from './metrics/routes.ts';
import { startExecutionDelivery } from './optimizations/delivery.ts';
import { recordLesson } from './optimizations/learning.ts';
import { registerOptimizationRoutes } from './optimizations/routes.ts';
import { createRecommendations } from './recommendations/creation.ts';
import { startExpirySweep } from './recommendations/expiry.ts';
import { recordOpinion } from './recommendations/opinions.ts';
import { registerRecommendationRoutes } from './recommendations/routes.ts';
import { registerRegistryRoutes, startHeartbeatSweep } from './registry/routes.ts';
import type { OrchestratorServices } from './services.ts';
import { startTaskDispatcher, type DispatcherOptions } from './tasks/dispatcher.ts';
import type { TaskOutcomes } from './tasks/outcomes.ts';
import { registerTaskRoutes } from './tasks/routes.ts';
import { registerTelemetryRoutes, startReceiptPruning } from './telemetry/routes.ts';

/** What a finished task leads to: the one place where the slices of the flow meet. */
export function createTaskOutcomes(services: OrchestratorServices): TaskOutcomes {
  return {
    completed: async (trx, task, result) => {
      switch (result.type) {
        case 'analyze': {
          const { recommendations, findings } = result;
          const recommendationIds = await createRecommendations(services, trx, task, recommendations);
          return completeAnalysis(services, trx, task, { findings, recommendationIds });
        }
        case 'validate':
          return recordOpinion(services, trx, task, result.validation);
        case 'learn':
          return recordLesson(services, trx, task, result);
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
    },
  };
}

/** Every route from the agent-runtime's telemetry to the dashboard. */
export function registerFlowRoutes(
  server: PlatformServer,
  services: OrchestratorServices & { readonly sealing: Sealing },
): void {
  registerTelemetryRoutes(server, services);
  registerInventoryRoutes(server, services);
  registerMetricRoutes(server, services);
  registerRegistryRoutes(server, services);
  registerAnalysisRoutes(server, services);
  registerTaskRoutes(server, services);
  registerRecommendationRoutes(server, services);
  registerOptimizationRoutes(server, services);
  registerInternalRoutes(server, services);
  registerDashboardRoutes(server, services);
}

/** Starts the background loops; `stop` waits for the rounds under way. */
export function startFlowLoops(services: OrchestratorServices, options: DispatcherOptions = {}): Loop {
  const loops = [
    startTaskDispatcher(services, createTaskOutcomes(services), options),
    startExecutionDelivery(services),
    startHeartbeatSweep(services),
    startExpirySweep(services),
    startReceiptPruning(services),
  ];
  return {
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

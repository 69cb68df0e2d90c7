import type { PlatformServer } from '../kit/server.ts';
import { registerAnalysisRoutes } from './analyses/routes.ts';
import { registerConflictRoutes } from './conflicts/routes.ts';
import type { CoreServices } from './core-services.ts';
import { registerDashboardRoutes } from './dashboard/routes.ts';
import { registerGoldenRunRoutes } from './golden-runs/routes.ts';
import { registerInternalRoutes } from './internal/routes.ts';
import { registerInventoryRoutes } from './inventory/routes.ts';
import { startFallbackSweep } from './interruptions/fallback-nodes.ts';
import type { Loop } from './loops.ts';
import { registerMetricRoutes } from './metrics/routes.ts';
import { startExecutionDelivery } from './optimizations/delivery.ts';
import { registerOptimizationRoutes } from './optimizations/routes.ts';
import { registerQualityRoutes } from './quality/routes.ts';
import { startRecommendationSweep } from './recommendations/expiry.ts';
import { registerRecommendationRoutes } from './recommendations/routes.ts';
import { registerRegistryRoutes, startHeartbeatSweep } from './registry/routes.ts';
import { createTaskOutcomes } from './task-outcomes.ts';
import { startTaskDispatcher } from './tasks/dispatcher.ts';
import { registerTaskRoutes } from './tasks/routes.ts';
import { registerTelemetryRoutes, startReceiptPruning } from './telemetry/routes.ts';

/** The slices that do the platform's work, each by its routes. */
export const SLICES: readonly ((server: PlatformServer, services: CoreServices) => void)[] = [
  registerTelemetryRoutes,
  registerInventoryRoutes,
  registerMetricRoutes,
  registerRegistryRoutes,
  registerAnalysisRoutes,
  registerTaskRoutes,
  registerRecommendationRoutes,
  registerOptimizationRoutes,
  registerConflictRoutes,
  registerInternalRoutes,
  registerGoldenRunRoutes,
  registerQualityRoutes,
  registerDashboardRoutes,
];

/** What runs beside the requests, once the server listens. */
export const LOOPS: readonly ((services: CoreServices) => Loop)[] = [
  (services) => startTaskDispatcher(services, createTaskOutcomes(services)),
  startExecutionDelivery,
  startHeartbeatSweep,
  startRecommendationSweep,
  startFallbackSweep,
  startReceiptPruning,
];

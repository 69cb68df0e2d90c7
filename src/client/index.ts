/** Public entry: what scenarios and outside users call. */
export { ApiError } from './http.ts';
export { openLiveUpdates, type LiveUpdates, type LiveUpdatesOptions } from './live-updates.ts';
export {
  createClient,
  signup,
  type ClientOptions,
  type MetricQuery,
  type OptiInfraClient,
  type ResolutionView,
} from './optiinfra-client.ts';
export {
  waitForCondition,
  waitForMetricChange,
  waitForOptimizationComplete,
  waitForRecommendation,
  type WaitSettings,
} from './waits.ts';

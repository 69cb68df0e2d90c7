/** Starting, finding, looking at and breaking environments: the only door to this folder. */
export { checkHealth } from './health.ts';
export { killProcess, restartProcess } from './control-process.ts';
export { displayName, PROCESS_NAMES, type ProcessName } from './names.ts';
export {
  DEFAULT_SETTINGS,
  startEnvironment,
  type StartEnvironmentOptions,
  type StartEvent,
  type StartedEnvironment,
} from './start-environment.ts';
export { stopEnvironment, type StopEnvironmentOptions } from './stop-environment.ts';
export { connectEnvironment, readEnvironment, type EnvironmentHandle } from './state/environment-handle.ts';
export { environmentNames, PROJECT_ROOT } from './state/paths.ts';
export type { EnvironmentSettings } from './state/launch-record.ts';

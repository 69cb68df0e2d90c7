/** Starting, finding, looking at and breaking environments: the door of this folder (`names.ts` is its light side door). */
export { checkHealth } from './health.ts';
export { checkCheckout, deployWorker } from './deploy-worker.ts';
export { killProcess, restartProcess } from './control-process.ts';
export { DEFAULT_SETTINGS, startEnvironment } from './start-environment.ts';
export { preferPackageBundle } from './package-bundle.ts';
export { stopEnvironment } from './stop-environment.ts';
export { connectEnvironment, readEnvironment } from './state/environment-handle.ts';
export { environmentNames, PROJECT_ROOT } from './state/paths.ts';

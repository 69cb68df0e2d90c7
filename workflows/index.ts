/** The workflow types of the harness, as the bundle exports them. */
export { conflictResolution } from './conflict-resolution.ts';
export { multiAgentCoordination } from './multi-agent-coordination.ts';
export { priorityResolution } from './priority-resolution.ts';
export { sequentialAndParallel } from './sequential-and-parallel.ts';
export { idleDetection } from './idle-detection.ts';
export { rightsizing } from './rightsizing.ts';
export { rollback } from './rollback.ts';
export { spotInterruption } from './spot-interruption.ts';
export { spotMigration } from './spot-migration.ts';
export { spotNoCapacity } from './spot-no-capacity.ts';
export { spotRollback } from './spot-rollback.ts';

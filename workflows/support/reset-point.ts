import { inWorkflowContext } from '@temporalio/workflow';
import { getActivator } from '@temporalio/workflow/lib/global-attributes.js';

/**
 * Temporal gives a workflow a new random seed exactly where its history holds a reset (decision 018). The seed is read
 * past the SDK's public interface, from which it can be drawn but not compared; should an update of the SDK hide it,
 * every re-run is refused and the tests of attempts are red.
 */
function currentSeed(): string {
  return getActivator().randomnessSeed.join('.');
}

/**
 * As it was before any reset: modules are loaded once a workflow, before its first task is looked at. A command that reads
 * what a project defines loads them as well, and runs none of it.
 */
let seedInForce = inWorkflowContext() ? currentSeed() : '';

/** Has the history been reset since the last call of `takeReset`? Costs nothing and leaves no event. */
export function wasReset(): boolean {
  return currentSeed() !== seedInForce;
}

export function takeReset(): void {
  seedInForce = currentSeed();
}

import { ONCE, type PhaseRow } from './definition.ts';

/** A spot node is lost after the rollout, and replaced by the platform's own accord. */
export const NODE_LOSS: readonly PhaseRow[] = [
  ['lose-a-node', 'The cloud announces that it takes a spot node', 10, ONCE.event],
  ['await-replacement', 'Waiting for the platform to replace it by itself', 120, ONCE.event],
  ['follow-replacement', 'Following the replacement', 300, ONCE.execution],
];

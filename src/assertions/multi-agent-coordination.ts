import type { Gate } from '../contracts/runs.ts';
import { listIncludes } from './facts.ts';

/** The named agents approved, as the database has it. */
export function multiAgentCoordination(evidence: string, agents: readonly string[]): Gate {
  return listIncludes({ gate: 'multi-agent-coordination', evidence, required: agents });
}

import type { ProcessDefinition, ProcessName } from '../definition.ts';
import { aws } from './aws.ts';
import { clickhouse } from './clickhouse.ts';
import { postgres } from './postgres.ts';
import { qdrant } from './qdrant.ts';
import { redis } from './redis.ts';
import { serviceDefinition } from './service.ts';
import { temporal } from './temporal.ts';

function agent(name: ProcessName, folder: string): ProcessDefinition {
  // Agents register by retrying, so they start beside the orchestrator, not after it.
  return serviceDefinition({
    name,
    main: `src/platform/agents/${folder}/main.ts`,
    after: ['clickhouse', 'qdrant'],
    layer: 'service',
  });
}

/** Every process of the embedded provider, in the order in which people read about them. */
export const EMBEDDED_PROCESSES: readonly ProcessDefinition[] = [
  postgres,
  clickhouse,
  redis,
  qdrant,
  aws,
  temporal,
  serviceDefinition({
    name: 'world',
    main: 'src/world/main.ts',
    after: [],
    layer: 'service',
    furtherPorts: ['awsEdge', 'gcp'],
  }),
  serviceDefinition({
    name: 'orchestrator',
    main: 'src/platform/orchestrator/main.ts',
    // It migrates the stores when it starts.
    after: ['postgres', 'clickhouse', 'redis'],
    layer: 'core',
  }),
  agent('costAgent', 'cost'),
  agent('performanceAgent', 'performance'),
  agent('resourceAgent', 'resource'),
  agent('applicationAgent', 'application'),
  serviceDefinition({
    name: 'executor',
    main: 'src/platform/executor/main.ts',
    after: ['temporal'],
    layer: 'service',
  }),
  serviceDefinition({ name: 'portal', main: 'src/platform/portal/main.ts', after: [], layer: 'service' }),
  serviceDefinition({ name: 'worker', main: 'worker/main.ts', after: ['temporal'], layer: 'service' }),
];

export function definitionOf(name: ProcessName): ProcessDefinition {
  const found = EMBEDDED_PROCESSES.find((definition) => definition.name === name);
  if (found === undefined) throw new RangeError(`no process is called ${name}`);
  return found;
}

import { once } from 'node:events';

import { COLD_STARTS, type ColdStart } from '../contracts/environment.ts';
import { createClock } from '../support/clock.ts';
import { OptiInfraError } from '../support/errors.ts';
import { randomIds } from '../support/ids.ts';
import { createLogger } from '../support/logging.ts';
import { readServiceConfig } from '../support/service-config.ts';
import { createAwsEdge } from './clouds/aws-edge.ts';
import { createAws } from './clouds/aws.ts';
import { createGcp } from './clouds/gcp/gcp.ts';
import { createGcpServer } from './clouds/gcp/server.ts';
import { GcpStore } from './clouds/gcp/store.ts';
import { createGcpTokens } from './clouds/gcp/tokens.ts';
import { createWorldServer } from './server.ts';
import { createSites } from './sites/sites.ts';

function coldStartNamed(name: string): ColdStart {
  if (name in COLD_STARTS) return name as ColdStart;
  const known = Object.keys(COLD_STARTS).join(', ');
  throw new OptiInfraError('NOT_READY', `OPTIINFRA_COLD_START is ${name}, not one of ${known}`);
}

const config = readServiceConfig();
const clock = createClock(config.anchor());
const logger = createLogger('world');
const simulator = config.text('OPTIINFRA_AWS_SIMULATOR');
const aws = createAws({ endpoint: simulator });
const hasSpotCapacity = (accountId: string, zone: string): boolean =>
  sites.withAccount(accountId)?.hasSpotCapacity(zone) ?? true;
const store = new GcpStore({ ids: randomIds, worldMs: () => clock.worldMs(), hasSpotCapacity });
const sites = createSites({
  clouds: { aws, gcp: createGcp(store, randomIds) },
  coldStart: coldStartNamed(config.text('OPTIINFRA_COLD_START')),
  clock,
  ids: randomIds,
  logger,
});
const server = createWorldServer({ sites, cloud: aws, clock, logger });
const awsEdge = createAwsEdge({ simulator, hasSpotCapacity, logger: logger.child({ part: 'aws-edge' }) });
const tokens = createGcpTokens({
  ids: randomIds,
  wallMs: () => clock.wallMs(),
  hasProject: (project) => store.hasProject(project),
});
const gcp = createGcpServer({ store, tokens, logger: logger.child({ part: 'gcp' }) });

// The world says it is ready on its own port, which therefore comes last.
awsEdge.listen(portOf('OPTIINFRA_AWS_ENDPOINT'), '127.0.0.1');
await once(awsEdge, 'listening');
await gcp.listen({ host: '127.0.0.1', port: portOf('OPTIINFRA_GCP_ENDPOINT') });
await server.listen({ host: '127.0.0.1', port: config.port() });
logger.info({ port: config.port() }, 'listening');

function portOf(endpoint: 'OPTIINFRA_AWS_ENDPOINT' | 'OPTIINFRA_GCP_ENDPOINT'): number {
  return Number(new URL(config.text(endpoint)).port);
}

/** Wall time for giving machines back: in an environment that goes down the cloud may have gone first. */
const FAREWELL_MS = 1_500;

/** Sites end with the world: nothing would serve their traffic any more. */
async function stop(): Promise<void> {
  try {
    await server.close();
    await gcp.close();
    awsEdge.close();
    awsEdge.closeAllConnections();
    const outcome = await Promise.race([sites.close(), clock.sleepWall(FAREWELL_MS).then(() => 'late')]);
    if (outcome === 'late') logger.warn('the cloud did not take every machine back in time');
    process.exit(0);
  } catch (error) {
    logger.error({ err: error }, 'did not stop cleanly');
    process.exit(1);
  }
}
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());

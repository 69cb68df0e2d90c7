import { COLD_STARTS, type ColdStart } from '../contracts/environment.ts';
import { createClock } from '../support/clock.ts';
import { OptiInfraError } from '../support/errors.ts';
import { randomIds } from '../support/ids.ts';
import { createLogger } from '../support/logging.ts';
import { readServiceConfig } from '../support/service-config.ts';
import { createAws } from './clouds/aws.ts';
import type { Cloud } from './clouds/cloud.ts';
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
const cloud = createAws({ endpoint: config.text('OPTIINFRA_AWS_ENDPOINT') });
/** Until the world serves a Compute endpoint. */
const noGcp: Cloud = {
  openAccount: async () => {
    throw new OptiInfraError('CLOUD_REFUSED', 'the world has no GCP');
  },
  probe: async () => undefined,
};
const sites = createSites({
  clouds: { aws: cloud, gcp: noGcp },
  coldStart: coldStartNamed(config.text('OPTIINFRA_COLD_START')),
  clock,
  ids: randomIds,
  logger,
});
const server = createWorldServer({ sites, cloud, clock, logger });
await server.listen({ host: '127.0.0.1', port: config.port() });
logger.info({ port: config.port() }, 'listening');

/** Wall time for giving machines back: in an environment that goes down the cloud may have gone first. */
const FAREWELL_MS = 1_500;

/** Sites end with the world: nothing would serve their traffic any more. */
async function stop(): Promise<void> {
  try {
    await server.close();
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

import { createClock } from '../../support/clock.ts';
import type { Clock } from '../../support/clock.ts';
import { createLogger, type Logger } from '../../support/logging.ts';
import { readServiceConfig, type ServiceConfig } from '../../support/service-config.ts';
import type { PlatformServer } from './server.ts';

export interface ServiceContext {
  readonly config: ServiceConfig;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What a service hands back: its server, and what to stop after the last request was answered. */
export interface Service {
  readonly server: PlatformServer;
  /** Runs once the server listens: registrations, background loops. */
  readonly started?: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The `main.ts` of every service: build, listen on loopback, stop cleanly on SIGTERM. */
export async function runService(
  name: string,
  build: (context: ServiceContext) => Promise<Service>,
): Promise<void> {
  const config = readServiceConfig();
  const logger = createLogger(name);
  const service = await build({ config, clock: createClock(config.anchor()), logger });
  await service.server.listen({ host: '127.0.0.1', port: config.port() });
  await service.started?.();
  logger.info({ port: config.port() }, 'listening');
  const stop = (): void => {
    void service.server
      .close()
      .then(() => service.close())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ err: error }, 'did not stop cleanly');
          process.exit(1);
        },
      );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

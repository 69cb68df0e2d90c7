import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
} from 'fastify';

import { ERRORS, type ErrorCode, type Problem } from '../contracts/errors.ts';
import type { Clock } from '../support/clock.ts';
import { OptiInfraError } from '../support/errors.ts';
import type { Logger } from '../support/logging.ts';
import type { Cloud } from './clouds/cloud.ts';
import { registerMarketRoutes } from './market/routes.ts';
import { registerSiteRoutes } from './sites/routes.ts';
import type { Sites } from './sites/sites.ts';

export interface WorldServerOptions {
  readonly sites: Sites;
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly logger: Logger;
}

const WORLD_VERSION = '1.0.0';

/** The world's door: the market's pages for everybody, the sites for the harness. */
export function createWorldServer(options: WorldServerOptions): FastifyInstance {
  const { sites, clock, logger } = options;
  const server = fastify({
    loggerInstance: logger as unknown as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    genReqId: () => crypto.randomUUID(),
  });
  // A body-less DELETE or POST may still carry the JSON content type.
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : JSON.parse(body as string));
    } catch (cause) {
      done(new OptiInfraError('VALIDATION_FAILED', 'body: is not JSON', { cause }));
    }
  });
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = problemFor(error, request.id);
    if (problem.status >= 500) request.log.error({ err: error, request_id: request.id }, problem.detail);
    return reply.code(problem.status).type('application/problem+json').send(problem);
  });
  server.setNotFoundHandler((request, reply) => {
    const detail = `No route ${request.method} ${request.url.split('?')[0] ?? ''}.`;
    return reply
      .code(404)
      .type('application/problem+json')
      .send(problemOf('NOT_FOUND', detail, request.id));
  });
  registerHealthRoutes(server, options.cloud);
  registerMarketRoutes(server, (account) => sites.marketOf(account), clock);
  registerSiteRoutes(server, sites);
  return server;
}

function registerHealthRoutes(server: FastifyInstance, cloud: Cloud): void {
  const identity = { service: 'world', version: WORLD_VERSION };
  server.get('/health', async () => ({ status: 'ok', ...identity }));
  server.get('/health/ready', async (request, reply) => {
    const startedMs = performance.now();
    const healthy = await cloud.probe().then(
      () => true,
      (error: unknown) => {
        request.log.warn({ err: error }, 'the cloud does not answer');
        return false;
      },
    );
    const latency = Math.round((performance.now() - startedMs) * 10) / 10;
    return reply.code(healthy ? 200 : 503).send({
      status: healthy ? 'ready' : 'unavailable',
      ...identity,
      dependencies: [{ name: 'aws', healthy, latency_ms: latency }],
    });
  });
}

function problemFor(error: FastifyError, requestId: string): Problem {
  if (error instanceof OptiInfraError) {
    const { errors, field } = error.details;
    const fields =
      (errors as Problem['errors'] | undefined) ??
      (typeof field === 'string' ? [{ field: `body.${field}`, message: error.message }] : undefined);
    return problemOf(error.code, error.message, requestId, fields);
  }
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return problemOf('VALIDATION_FAILED', error.message, requestId, [
      { field: 'body', message: error.message },
    ]);
  }
  return problemOf('INTERNAL', 'Something failed on our side; quote the request id.', requestId);
}

function problemOf(code: ErrorCode, detail: string, requestId: string, errors?: Problem['errors']): Problem {
  const row = ERRORS[code];
  return {
    type: `urn:optiinfra:error:${code.toLowerCase()}`,
    title: row.meaning,
    status: 'status' in row ? row.status : 500,
    detail,
    code,
    request_id: requestId,
    ...(errors === undefined ? {} : { errors }),
  };
}

import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
} from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';

import { ERRORS, type ErrorCode, type Problem } from '../../contracts/errors.ts';
import { OptiInfraError } from '../../support/errors.ts';
import type { Logger } from '../../support/logging.ts';

/** Looks at one dependency; throws when it does not answer. */
export type DependencyProbe = () => Promise<void>;

export interface ServerOptions {
  readonly service: string;
  readonly version: string;
  readonly logger: Logger;
  readonly dependencies: Readonly<Record<string, DependencyProbe>>;
  /** Bytes; 1 MB unless told. */
  readonly bodyLimit?: number;
}

const MAX_QUERY_CHARACTERS = 2_048;
/** A batch of thousands of bad records is answered by its first few faults, not by a megabyte of them. */
const FIELDS_NAMED = 20;

/** The HTTP server every service of the platform starts from: zod schemas, problem+json, health with dependencies. */
export function createServer(options: ServerOptions) {
  const server = fastify({
    loggerInstance: options.logger as unknown as FastifyBaseLogger,
    bodyLimit: options.bodyLimit ?? 1_048_576,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    genReqId: () => crypto.randomUUID(),
  }).withTypeProvider<ZodTypeProvider>();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  server.addHook('onRequest', async (request) => {
    const query = request.url.indexOf('?');
    if (query >= 0 && request.url.length - query - 1 > MAX_QUERY_CHARACTERS) {
      throw new OptiInfraError(
        'QUERY_TOO_LONG',
        `The query string is over ${MAX_QUERY_CHARACTERS} characters.`,
      );
    }
  });
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = toProblem(error, request.id);
    const retryAfterMs = error instanceof OptiInfraError ? error.details['retryAfterMs'] : undefined;
    if (typeof retryAfterMs === 'number') void reply.header('retry-after', Math.ceil(retryAfterMs / 1000));
    if (problem.status >= 500) request.log.error({ err: error, request_id: request.id }, problem.detail);
    return sendProblem(reply, problem);
  });
  server.setNotFoundHandler((request, reply) =>
    sendProblem(
      reply,
      problemOf('NOT_FOUND', `No route ${request.method} ${request.url.split('?')[0] ?? ''}.`, request.id),
    ),
  );
  addHealthRoutes(server, options);
  return server;
}

export type PlatformServer = ReturnType<typeof createServer>;

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type('application/problem+json').serializer(JSON.stringify).send(problem);
}

export function problemOf(
  code: ErrorCode,
  detail: string,
  requestId: string,
  errors?: Problem['errors'],
): Problem {
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

function toProblem(error: FastifyError, requestId: string): Problem {
  if (error instanceof OptiInfraError) {
    const fields = error.details['fields'] as Problem['errors'];
    return problemOf(error.code, error.message, requestId, fields);
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const where = error.validationContext ?? 'body';
    const errors = error.validation.slice(0, FIELDS_NAMED).map((issue) => ({
      field: `${where}${issue.instancePath.replaceAll('/', '.')}`,
      message: issue.message ?? 'is not valid',
    }));
    const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
    return problemOf('VALIDATION_FAILED', detail, requestId, errors);
  }
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return problemOf('BODY_TOO_LARGE', error.message, requestId);
  if (error.statusCode === 429) return problemOf('RATE_LIMITED', error.message, requestId);
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return problemOf('VALIDATION_FAILED', error.message, requestId, [
      { field: 'body', message: error.message },
    ]);
  }
  return problemOf('INTERNAL', 'Something failed on our side; quote the request id.', requestId);
}

interface DependencyHealth {
  readonly name: string;
  readonly healthy: boolean;
  readonly latency_ms: number;
}

async function probe(name: string, look: DependencyProbe): Promise<DependencyHealth> {
  const started = performance.now();
  const healthy = await look().then(
    () => true,
    () => false,
  );
  return { name, healthy, latency_ms: Math.round((performance.now() - started) * 10) / 10 };
}

/** `/health` answers while the process lives; `/health/ready` only when every dependency answers. */
function addHealthRoutes(server: FastifyInstance, options: ServerOptions): void {
  server.get('/health', async () => ({ status: 'ok', service: options.service, version: options.version }));
  server.get('/health/ready', async (_request, reply) => {
    const dependencies = await Promise.all(
      Object.entries(options.dependencies).map(([name, look]) => probe(name, look)),
    );
    const ready = dependencies.every(({ healthy }) => healthy);
    return reply.code(ready ? 200 : 503).send({
      status: ready ? 'ready' : 'unavailable',
      service: options.service,
      version: options.version,
      dependencies,
    });
  });
}

import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
} from 'fastify';
import { z } from 'zod';

import type { Logger } from '../../../support/logging.ts';
import { GcpError } from './errors.ts';
import { instanceResource, operationResource } from './resources.ts';
import type { GcpInstance, GcpStore } from './store.ts';
import type { GcpTokens } from './tokens.ts';

export interface GcpServerOptions {
  readonly store: GcpStore;
  readonly tokens: GcpTokens;
  readonly logger: Logger;
}

interface InProject {
  Params: { readonly project: string };
  Querystring: { readonly filter?: string };
}
interface InZone {
  Params: { readonly project: string; readonly zone: string };
  Querystring: { readonly requestId?: string; readonly filter?: string };
}
interface Named {
  Params: InZone['Params'] & { readonly name: string };
  Querystring: InZone['Querystring'];
}

const instanceBody = z.object({
  name: z.string(),
  machineType: z.string(),
  labels: z.record(z.string(), z.string()).optional(),
  deletionProtection: z.boolean().optional(),
  scheduling: z.object({ provisioningModel: z.string().optional() }).optional(),
});

const PROJECT = '/compute/v1/projects/:project';
const ZONE = `${PROJECT}/zones/:zone`;

/** The calls of Compute Engine (v1, REST) and of the IAM Credentials API that a platform needs to run machines. */
export function createGcpServer(options: GcpServerOptions): FastifyInstance {
  const { tokens, logger } = options;
  const server = fastify({
    loggerInstance: logger as unknown as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
  });
  server.setErrorHandler((error: FastifyError | GcpError, _request, reply) => {
    if (error instanceof GcpError) return reply.code(error.status).send(error.body);
    if (error.statusCode !== undefined && error.statusCode < 500) {
      return reply.code(400).send(new GcpError(400, 'badRequest', error.message).body);
    }
    logger.error({ err: error }, 'GCP failed');
    return reply.code(500).send(new GcpError(500, 'internalError', 'Internal error').body);
  });
  // Waiting and deleting have no body, whatever content type comes with it.
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : JSON.parse(body as string));
    } catch {
      done(new GcpError(400, 'parseError', 'The body is not JSON.'));
    }
  });
  server.addHook('preHandler', async ({ params, headers }) => {
    const { project } = params as Partial<InProject['Params']>;
    if (project !== undefined) tokens.check(headers.authorization, project);
  });
  server.post<{ Params: { readonly account: string } }>(
    '/v1/projects/-/serviceAccounts/:account',
    async ({ params, headers }) => issueToken(tokens, params.account, headers.authorization),
  );
  registerInstances(server, options.store);
  registerOperations(server, options.store);
  return server;
}

/** `…/serviceAccounts/{email}:generateAccessToken`. Whoever calls must have an identity; its own rights nobody checks. */
function issueToken(tokens: GcpTokens, account: string, authorization: string | undefined): object {
  const [email = '', verb] = account.split(':');
  if (verb !== 'generateAccessToken')
    throw new GcpError(404, 'notFound', `There is no method ${verb ?? ''}.`);
  if (!/^Bearer \S/.test(authorization ?? '')) {
    throw new GcpError(401, 'authError', 'Request is missing required authentication credential.');
  }
  const { token, expiresAtMs } = tokens.issue(email);
  return { accessToken: token, expireTime: new Date(expiresAtMs).toISOString() };
}

function registerInstances(server: FastifyInstance, store: GcpStore): void {
  server.post<InZone>(`${ZONE}/instances`, async ({ params, query, body }) => {
    const parsed = instanceBody.safeParse(body);
    if (!parsed.success) throw new GcpError(400, 'invalid', z.prettifyError(parsed.error));
    const { name, machineType, labels = {}, deletionProtection = false, scheduling } = parsed.data;
    const spot = scheduling?.provisioningModel === 'SPOT';
    const operation = store.insert(
      { ...params, name, machineType: lastPart(machineType), labels, deletionProtection, spot },
      query.requestId,
    );
    return operationResource(operation);
  });
  server.get<InZone>(`${ZONE}/instances`, async ({ params, query }) => {
    const found = matching(store.list(params.project), query.filter);
    return {
      kind: 'compute#instanceList',
      items: found.filter(({ zone }) => zone === params.zone).map(instanceResource),
    };
  });
  server.get<InProject>(`${PROJECT}/aggregated/instances`, async ({ params, query }) => {
    const byZone = Map.groupBy(matching(store.list(params.project), query.filter), ({ zone }) => zone);
    const items = [...byZone].map(([zone, found]) => [
      `zones/${zone}`,
      { instances: found.map(instanceResource) },
    ]);
    return { kind: 'compute#instanceAggregatedList', items: Object.fromEntries(items) as object };
  });
  server.get<Named>(`${ZONE}/instances/:name`, async ({ params }) =>
    instanceResource(store.get(params.project, params.zone, params.name)),
  );
  server.delete<Named>(`${ZONE}/instances/:name`, async ({ params, query }) =>
    operationResource(store.delete(params.project, params.zone, params.name, query.requestId)),
  );
}

function registerOperations(server: FastifyInstance, store: GcpStore): void {
  const answer = async ({ params }: { readonly params: Named['Params'] }): Promise<object> =>
    operationResource(store.operation(params.project, params.name));
  server.get<Named>(`${ZONE}/operations/:name`, answer);
  server.post<Named>(`${ZONE}/operations/:name/wait`, answer);
}

/** Filters of the form `labels.key=value`, with or without quotes; another one is refused, not ignored. */
function matching(instances: readonly GcpInstance[], filter: string | undefined): readonly GcpInstance[] {
  if (filter === undefined || filter === '') return instances;
  const [, key, value] = /^\(?labels\.([-_a-z0-9]+)\s*(?:=|eq)\s*"?([-_a-z0-9]*)"?\)?$/.exec(filter) ?? [];
  if (key === undefined) throw new GcpError(400, 'invalid', `Invalid value for field 'filter': '${filter}'.`);
  return instances.filter(({ labels }) => labels[key] === value);
}

function lastPart(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

import type { IncomingHttpHeaders } from 'node:http';

import helmet from '@fastify/helmet';
import proxy from '@fastify/http-proxy';

import { OptiInfraError } from '../../support/errors.ts';
import type { Logger } from '../../support/logging.ts';
import { createServer, problemOf, sendProblem, type PlatformServer } from '../kit/server.ts';
import { renderLandingPage } from './landing-page.ts';
import { readUpstreamHealth } from './upstream-health.ts';

export interface PortalOptions {
  readonly orchestratorUrl: string;
  readonly version: string;
  readonly logger: Logger;
}

/** The largest body the API takes (telemetry). */
const BODY_LIMIT_BYTES = 10 * 1_048_576;
/** Routes between services have no business behind a page. */
const NOT_PUBLIC = /^\/api\/(internal|metrics)(\/|$)/i;

/** Looks at the path as the orchestrator would after decoding, dots resolved and slashes collapsed. */
function isPublic(url: string): boolean {
  const [path = ''] = url.split('?');
  if (!URL.canParse(path, 'http://portal')) return false;
  try {
    const { pathname } = new URL(decodeURIComponent(path), 'http://portal');
    return !NOT_PUBLIC.test(pathname.replaceAll(/\/+/g, '/'));
  } catch (error) {
    if (error instanceof URIError || error instanceof TypeError) return false;
    throw error;
  }
}

/** The portal: one origin for pages and API, so that the browser needs no cross-origin rights. */
export async function createPortal(options: PortalOptions): Promise<PlatformServer> {
  const { orchestratorUrl, logger, version } = options;
  const server = createServer({
    service: 'portal',
    version,
    logger,
    bodyLimit: BODY_LIMIT_BYTES,
    dependencies: {
      orchestrator: async () => {
        const health = await readUpstreamHealth(orchestratorUrl);
        if (health.state === 'unreachable') throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', health.detail);
      },
    },
  });
  await server.register(helmet, {
    contentSecurityPolicy: {
      directives: { defaultSrc: ["'self'"], styleSrc: ["'self'", "'unsafe-inline'"], scriptSrc: ["'self'"] },
    },
  });
  server.addHook('onRequest', async (request) => {
    if (!isPublic(request.url)) {
      throw new OptiInfraError('NOT_FOUND', `No route ${request.method} ${request.url.split('?')[0] ?? ''}.`);
    }
  });
  await registerProxy(server, orchestratorUrl);
  server.get('/', async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(renderLandingPage(await readUpstreamHealth(orchestratorUrl))),
  );
  return server;
}

/**
 * The proxy hands on a socket's cookies only; a client that is no browser shows its token in a header. Its types do not
 * know this option.
 */
const SOCKETS = {
  headers: {},
  rewriteRequestHeaders: (
    headers: IncomingHttpHeaders,
    { headers: { authorization, cookie } }: { readonly headers: IncomingHttpHeaders },
  ): IncomingHttpHeaders => ({
    ...headers,
    ...(authorization === undefined ? {} : { authorization }),
    ...(cookie === undefined ? {} : { cookie }),
  }),
};

/** `/api/…` goes to the orchestrator as it is, WebSockets too; a browser's address goes along for its limits. */
async function registerProxy(server: PlatformServer, orchestratorUrl: string): Promise<void> {
  await server.register(proxy, {
    upstream: orchestratorUrl,
    prefix: '/api',
    rewritePrefix: '',
    websocket: true,
    wsClientOptions: SOCKETS,
    replyOptions: {
      rewriteRequestHeaders: (request, headers) => ({ ...headers, 'x-forwarded-for': request.ip }),
      onError: (reply, { error }) => {
        reply.request.log.warn({ err: error }, 'the orchestrator did not answer');
        // The proxy's reply knows no serializer types; it is an ordinary reply.
        void sendProblem(
          reply as unknown as Parameters<typeof sendProblem>[0],
          problemOf('DEPENDENCY_UNAVAILABLE', 'The platform does not answer.', reply.request.id),
        );
      },
    },
  });
}

import websocket, { type WebSocket } from '@fastify/websocket';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

import { CLOSE_CODES, type LiveMessage } from '../../../contracts/api/events.ts';
import { toTimestamp } from '../../../support/clock.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { PlatformServer } from '../../kit/server.ts';
import type { CoreServices } from '../core-services.ts';
import { presentedToken, type Identity } from '../identity/authentication.ts';

const HEARTBEAT_MS = 5_000;
const INTERNAL_CLOSE = 1011;
/** A reader this far behind is cut off; it comes back with its cursor and loses nothing. */
const MAX_BUFFERED_BYTES = 4 * 1_048_576;

const params = z.object({ id: z.string().max(64) });
/** `token`: browsers cannot set headers on a WebSocket. */
const query = z.object({
  cursor: z.coerce.number().int().min(0).default(0),
  token: z.string().max(1_024).optional(),
});

/** `WS /ws/customers/{id}?cursor=&token=`: all events after the cursor, then live ones, each once and in order. */
export async function registerEventRoutes(server: PlatformServer, services: CoreServices): Promise<void> {
  await server.register(websocket, { options: { maxPayload: 1_024 } });
  server.get(
    '/ws/customers/:id',
    { websocket: true, schema: { tags: ['events'], params, querystring: query } },
    async (socket, request) => {
      const identity = await admit(services, socket, request, request.params.id, request.query.token);
      if (identity === undefined) return;
      stream(services, socket, identity, request.params.id, request.query.cursor);
    },
  );
}

/** Refusals are close codes, because a browser cannot read the status of a refused upgrade. */
async function admit(
  services: CoreServices,
  socket: WebSocket,
  request: FastifyRequest,
  customerId: string,
  queryToken: string | undefined,
): Promise<Identity | undefined> {
  const { authentication, guards } = services;
  // The query's token stands in for the header, so that the guard and its audit work as everywhere.
  if (queryToken !== undefined && presentedToken(request) === undefined) {
    request.headers.authorization = `Bearer ${queryToken}`;
    authentication.forget(request);
  }
  try {
    await guards.owner(request, customerId);
    return await authentication.identify(request);
  } catch (error) {
    const code = error instanceof OptiInfraError ? error.code : 'INTERNAL';
    if (code === 'UNAUTHENTICATED') socket.close(CLOSE_CODES.unauthenticated, 'no valid token');
    else if (code === 'FORBIDDEN' || code === 'NOT_FOUND') socket.close(CLOSE_CODES.forbidden, 'not yours');
    else {
      request.log.error({ err: error }, 'a live connection could not be admitted');
      socket.close(INTERNAL_CLOSE, 'try again');
    }
    return undefined;
  }
}

function stream(
  { hub, clock, authentication, logger }: CoreServices,
  socket: WebSocket,
  identity: Identity,
  customerId: string,
  cursor: number,
): void {
  const send = (message: LiveMessage): void => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) socket.terminate();
    else socket.send(JSON.stringify(message));
  };
  const follower = hub.follow({
    customerId,
    after: cursor,
    onEvent: (event) => send({ kind: 'event', event }),
    onFailure: (error) => {
      logger.warn({ err: error }, 'a live connection lost its store');
      socket.close(INTERNAL_CLOSE, 'try again');
    },
  });
  const beat = async (): Promise<void> => {
    send({ kind: 'heartbeat', at: toTimestamp(clock.wallMs()) });
    const { sessionId } = identity;
    // Logged out, idle for too long or revoked: the open connection ends with the session.
    if (sessionId !== null && !(await authentication.isSessionActive(sessionId))) {
      socket.close(CLOSE_CODES.unauthenticated, 'the session has ended');
    }
  };
  const timer = setInterval(() => {
    beat().catch((error: unknown) => logger.warn({ err: error }, 'a session could not be looked at'));
  }, HEARTBEAT_MS);
  socket.on('close', () => {
    clearInterval(timer);
    follower.stop();
  });
}

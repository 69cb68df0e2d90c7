import { randomUUID } from 'node:crypto';
import {
  createServer,
  request as forward,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';

import { describeError } from '../../support/errors.ts';
import type { Logger } from '../../support/logging.ts';
import { createCallerLookup } from './aws-caller.ts';

export interface AwsEdgeOptions {
  /** The simulator behind the edge. */
  readonly simulator: string;
  /** Whether the cloud has a spot machine for this account in this zone; an unnamed zone is the empty text. */
  readonly hasSpotCapacity: (accountId: string, zone: string) => boolean;
  readonly logger: Logger;
}

/** Headers that belong to one connection, not to the message. */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'proxy-connection']);

/**
 * What customers and their software see of AWS: the simulator, byte for byte, but for the one thing it cannot do. A
 * request for spot machines where there are none is answered as EC2 does.
 */
export function createAwsEdge(options: AwsEdgeOptions): Server {
  const callers = createCallerLookup(options.simulator);
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!mayRunInstances(request)) {
      pass(options, request, response, undefined);
      return;
    }
    const body = await buffer(request);
    const zone = spotZone(body.toString('utf8'));
    const account = zone === undefined ? undefined : await callers.accountOf(request.headers.authorization);
    if (zone !== undefined && account !== undefined && !options.hasSpotCapacity(account, zone)) {
      options.logger.info({ account, zone }, 'spot request refused: no capacity');
      refuse(response);
      return;
    }
    pass(options, request, response, body);
  };
  return createServer((request, response) => {
    handle(request, response).catch((error: unknown) => fail(options.logger, response, error));
  });
}

/** EC2's query protocol: the scope of the signature names the service, the body the action. */
function mayRunInstances({ method, headers }: IncomingMessage): boolean {
  return method === 'POST' && /\/ec2\/aws4_request/.test(headers.authorization ?? '');
}

/** The zone in which spot machines are asked for; undefined for every other request. */
function spotZone(body: string): string | undefined {
  // Telling the action from the text spares parsing what is not of interest.
  if (!body.includes('Action=RunInstances')) return undefined;
  const form = new URLSearchParams(body);
  if (form.get('Action') !== 'RunInstances') return undefined;
  if (form.get('InstanceMarketOptions.MarketType') !== 'spot') return undefined;
  return form.get('Placement.AvailabilityZone') ?? '';
}

function pass(
  { simulator, logger }: AwsEdgeOptions,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer | undefined,
): void {
  const upstream = forward(
    new URL(request.url ?? '/', simulator),
    // A connection of its own: one that is kept may be closed at the other end just when it is used again, and a
    // request to launch machines must not be sent twice.
    {
      method: request.method,
      headers: ownHeaders(request.rawHeaders),
      setDefaultHeaders: false,
      agent: false,
    },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, ownHeaders(answer.rawHeaders));
      answer.pipe(response);
    },
  );
  upstream.once('error', (error) => fail(logger, response, error));
  response.once('close', () => upstream.destroy());
  if (body === undefined) request.pipe(upstream);
  else upstream.end(body);
}

/** Names and values in turn, as they came. */
function ownHeaders(raw: readonly string[]): string[] {
  return raw.filter((_text, index) => !OF_THE_CONNECTION.has((raw[index - (index % 2)] ?? '').toLowerCase()));
}

/** EC2's own words; a server error in its list of codes. */
function refuse(response: ServerResponse): void {
  const message = 'There is no Spot capacity available that matches your request.';
  response.writeHead(500, { 'content-type': 'text/xml;charset=UTF-8' });
  response.end(
    '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error>' +
      `<Code>InsufficientInstanceCapacity</Code><Message>${message}</Message>` +
      `</Error></Errors><RequestID>${randomUUID()}</RequestID></Response>`,
  );
}

/** The cloud is away; whoever asked sees a gateway that says so. */
function fail(logger: Logger, response: ServerResponse, error: unknown): void {
  if (response.destroyed) return;
  logger.warn({ reason: describeError(error) }, 'the AWS simulator does not answer');
  if (response.headersSent) response.destroy();
  else response.writeHead(503).end();
}

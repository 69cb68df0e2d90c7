import { Client, Connection } from '@temporalio/client';

import { NAMESPACES } from '../../../contracts/environment.ts';
import { OptiInfraError } from '../../../support/errors.ts';

/** A Temporal client that connects when it is first needed and again after a failure. */
export interface TemporalClient {
  client(): Promise<Client>;
  close(): Promise<void>;
}

const CONNECT_LIMIT_MS = 2_000;

export function createTemporalClient(address: string): TemporalClient {
  let opened: Promise<Client> | undefined;
  const open = async (): Promise<Client> => {
    const connection = await Connection.connect({ address, connectTimeout: CONNECT_LIMIT_MS }).catch(
      (cause: unknown) => {
        throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', `Temporal does not answer at ${address}`, {
          cause,
        });
      },
    );
    return new Client({ connection, namespace: NAMESPACES.platform });
  };
  return {
    client: () => {
      if (opened === undefined) {
        const attempt = open();
        opened = attempt;
        attempt.catch(() => {
          if (opened === attempt) opened = undefined;
        });
      }
      return opened;
    },
    close: async () => {
      const client = await opened?.catch(() => undefined);
      await client?.connection.close();
    },
  };
}

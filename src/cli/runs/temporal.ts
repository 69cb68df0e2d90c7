import type { Client, Connection } from '@temporalio/client';

import { NAMESPACES, type EnvironmentDescriptor } from '../../contracts/environment.ts';
import { OptiInfraError } from '../../support/errors.ts';

export interface TemporalConnection extends AsyncDisposable {
  readonly client: Client;
  readonly connection: Connection;
}

/** @throws OptiInfraError `TEMPORAL_UNREACHABLE` */
export async function connectTemporal({ urls, name }: EnvironmentDescriptor): Promise<TemporalConnection> {
  const temporal = await import('@temporalio/client');
  try {
    const connection = await temporal.Connection.connect({
      address: urls.temporalAddress,
      connectTimeout: '5s',
    });
    return {
      connection,
      client: new temporal.Client({ connection, namespace: NAMESPACES.harness }),
      [Symbol.asyncDispose]: () => connection.close(),
    };
  } catch (cause) {
    throw new OptiInfraError('TEMPORAL_UNREACHABLE', `Temporal does not answer at ${urls.temporalAddress}`, {
      cause,
      hint: `\`e2e health --name ${name}\` shows every process; \`e2e up\` starts an environment.`,
    });
  }
}

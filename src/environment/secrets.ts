import { randomBytes } from 'node:crypto';

import type { EnvironmentSecrets } from '../contracts/environment.ts';

/** Fresh secrets; text ones are safe in a URL and a shell. */
export function generateSecrets(): EnvironmentSecrets {
  const text = (): string => randomBytes(24).toString('base64url');
  const key = (): string => randomBytes(32).toString('base64');
  return {
    postgresOwnerPassword: text(),
    postgresAppPassword: text(),
    agentKey: text(),
    serviceKey: text(),
    sealingKey: key(),
    tokenKey: key(),
    adminEmail: 'admin@optiinfra.example',
    adminPassword: text(),
  };
}

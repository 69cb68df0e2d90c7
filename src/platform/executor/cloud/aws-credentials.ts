import type { EC2ClientConfig } from '@aws-sdk/client-ec2';

import { OptiInfraError } from '../../../support/errors.ts';
import { translateAwsError } from './aws-errors.ts';

type CredentialProvider = () => Promise<{
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiration: Date;
}>;

export interface RoleOptions {
  readonly region: string;
  readonly roleArn: string;
  readonly endpoint: string | undefined;
  readonly wallMs: () => number;
}

/**
 * The platform's own identity: from the SDK's usual variables. Without them it is one that AWS itself refuses and a
 * simulator, which asks nobody's name, accepts.
 */
function ownIdentity(): Partial<Pick<EC2ClientConfig, 'credentials'>> {
  if (process.env['AWS_ACCESS_KEY_ID'] !== undefined) return {};
  return { credentials: { accessKeyId: 'optiinfra', secretAccessKey: 'optiinfra' } };
}

/** Session credentials of the customer's role. The SDK asks again when `expiration` comes near. */
export function createRoleCredentials(options: RoleOptions): CredentialProvider {
  return async () => {
    const { STSClient, AssumeRoleCommand } = await import('@aws-sdk/client-sts');
    const { region, endpoint } = options;
    const client = new STSClient({
      region,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...ownIdentity(),
    });
    const command = new AssumeRoleCommand({
      RoleArn: options.roleArn,
      RoleSessionName: 'optiinfra-executor',
    });
    const { Credentials: session } = await client.send(command).catch((error: unknown) => {
      throw translateAwsError('AssumeRole', error);
    });
    client.destroy();
    if (session?.AccessKeyId === undefined || session.SecretAccessKey === undefined) {
      throw new OptiInfraError('CLOUD_REFUSED', `STS gave no credentials for ${options.roleArn}`);
    }
    return {
      accessKeyId: session.AccessKeyId,
      secretAccessKey: session.SecretAccessKey,
      sessionToken: session.SessionToken ?? '',
      expiration: session.Expiration ?? new Date(options.wallMs() + 900_000),
    };
  };
}

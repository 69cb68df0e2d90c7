import { OptiInfraError } from '../../support/errors.ts';

export interface AssumedRole {
  readonly endpoint: string;
  readonly region: string;
  readonly roleArn: string;
}

/** Any key opens the simulator; which account it acts on is decided by the role assumed with it. */
const DOORKEEPER = { accessKeyId: 'world', secretAccessKey: 'world' };

/** A credential provider; the SDK calls it again shortly before `expiration`. */
export function assumedCredentials(role: AssumedRole) {
  return async () => {
    const { STSClient, AssumeRoleCommand } = await import('@aws-sdk/client-sts');
    const client = new STSClient({ endpoint: role.endpoint, region: role.region, credentials: DOORKEEPER });
    try {
      const answer = await client.send(
        new AssumeRoleCommand({ RoleArn: role.roleArn, RoleSessionName: 'optiinfra-world' }),
      );
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
      if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined) {
        throw new OptiInfraError('CLOUD_REFUSED', `STS gave no credentials for ${role.roleArn}`);
      }
      return {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
        ...(Expiration === undefined ? {} : { expiration: Expiration }),
      };
    } finally {
      client.destroy();
    }
  };
}

import { describe, expect, it } from 'vitest';

import { readGrant } from '../../../../../src/platform/orchestrator/customers/onboarding.ts';

const arn = (account: string, role: string): string => `arn:aws:iam::${account}:role/${role}`;

describe('readGrant', () => {
  it.each(['OptiInfraRole', 'team/ops/Opti-Infra_1', 'a+b=c,d.e@f'])('takes the role %s', (role) => {
    const iam_role_arn = arn('123456789012', role);
    expect(readGrant({ cloud_provider: 'aws', region: 'eu-central-1', iam_role_arn })).toEqual({
      provider: 'aws',
      region: 'eu-central-1',
      accountId: '123456789012',
      iamRoleArn: iam_role_arn,
      serviceAccount: null,
    });
  });

  it.each([
    arn('12345678901', 'R'),
    arn('1234567890123', 'R'),
    arn('12345678901x', 'R'),
    arn('123456789012', ''),
    arn('123456789012', 'R/'),
    arn('123456789012', 'a b'),
    `${arn('123456789012', 'R')}\n`,
    'arn:aws:iam::123456789012:user/R',
    '',
  ])('refuses %j as a role', (iam_role_arn) => {
    expect(() => readGrant({ cloud_provider: 'aws', region: 'us-east-1', iam_role_arn })).toThrow(
      /^body\.iam_role_arn: /,
    );
  });

  it.each(['us-east', 'US-EAST-1', 'us-east-1a', '../us-east-1', 'us-central1'])(
    'refuses %j as a region of AWS',
    (region) => {
      const iam_role_arn = arn('123456789012', 'R');
      expect(() => readGrant({ cloud_provider: 'aws', region, iam_role_arn })).toThrow(/^body\.region: /);
    },
  );

  it.each(['us-east-1', 'us-gov-west-1', 'ap-southeast-2', 'il-central-1', 'ca-west-1'])(
    'takes the region %s',
    (region) => {
      const iam_role_arn = arn('123456789012', 'R');
      expect(readGrant({ cloud_provider: 'aws', region, iam_role_arn }).region).toBe(region);
    },
  );

  it('takes a service account of GCP and its project', () => {
    const service_account = 'optiinfra@acme-prod-1.iam.gserviceaccount.com';
    expect(readGrant({ cloud_provider: 'gcp', region: 'us-central1', service_account })).toMatchObject({
      provider: 'gcp',
      accountId: 'acme-prod-1',
      serviceAccount: service_account,
    });
  });

  it('refuses what belongs to the other cloud', () => {
    const iam_role_arn = arn('123456789012', 'R');
    expect(() => readGrant({ cloud_provider: 'gcp', region: 'us-central1', iam_role_arn })).toThrow(
      /^body\.iam_role_arn: /,
    );
  });
});

import { z } from 'zod';

import type { OnboardRequest } from '../../../contracts/api/customers.ts';
import { invalidField } from '../../kit/invalid-field.ts';

export const onboardSchema = z.strictObject({
  cloud_provider: z.enum(['aws', 'gcp']),
  region: z.string().min(1).max(64),
  iam_role_arn: z.string().max(512).exactOptional(),
  service_account: z.string().max(512).exactOptional(),
}) satisfies z.ZodType<OnboardRequest>;

/** The way into the customer's cloud, checked. */
export interface CloudGrant {
  readonly provider: 'aws' | 'gcp';
  readonly region: string;
  /** AWS account or GCP project. */
  readonly accountId: string;
  readonly iamRoleArn: string | null;
  readonly serviceAccount: string | null;
}

const AWS_REGION =
  /^[a-z]{2}(-gov|-iso[a-z]?)?-(north|south|east|west|central|northeast|northwest|southeast|southwest)-\d$/;
const GCP_REGION = /^[a-z]+-[a-z]+\d+$/;
const ROLE_ARN = /^arn:aws:iam::(\d{12}):role\/[\w+=,.@-]+(\/[\w+=,.@-]+)*$/;
/** `name@project.iam.gserviceaccount.com`. */
const SERVICE_ACCOUNT =
  /^[a-z]([a-z0-9-]{4,28}[a-z0-9])@([a-z][a-z0-9-]{4,28}[a-z0-9])\.iam\.gserviceaccount\.com$/;

/** @throws OptiInfraError `VALIDATION_FAILED` naming the field that is missing or malformed. */
export function readGrant(request: OnboardRequest): CloudGrant {
  return request.cloud_provider === 'aws' ? readAwsGrant(request) : readGcpGrant(request);
}

function readAwsGrant({ region, iam_role_arn, service_account }: OnboardRequest): CloudGrant {
  if (service_account !== undefined) throw invalidField('body.service_account', 'belongs to gcp, not aws');
  if (iam_role_arn === undefined) throw invalidField('body.iam_role_arn', 'is required for aws');
  const accountId = ROLE_ARN.exec(iam_role_arn)?.[1];
  if (accountId === undefined) {
    throw invalidField('body.iam_role_arn', 'must look like arn:aws:iam::<12 digits>:role/<name>');
  }
  if (!AWS_REGION.test(region)) throw invalidField('body.region', 'is not an AWS region, such as us-east-1');
  return { provider: 'aws', region, accountId, iamRoleArn: iam_role_arn, serviceAccount: null };
}

function readGcpGrant({ region, iam_role_arn, service_account }: OnboardRequest): CloudGrant {
  if (iam_role_arn !== undefined) throw invalidField('body.iam_role_arn', 'belongs to aws, not gcp');
  if (service_account === undefined) throw invalidField('body.service_account', 'is required for gcp');
  const accountId = SERVICE_ACCOUNT.exec(service_account)?.[2];
  if (accountId === undefined) {
    throw invalidField('body.service_account', 'must look like <name>@<project>.iam.gserviceaccount.com');
  }
  if (!GCP_REGION.test(region)) throw invalidField('body.region', 'is not a GCP region, such as us-central1');
  return { provider: 'gcp', region, accountId, iamRoleArn: null, serviceAccount: service_account };
}

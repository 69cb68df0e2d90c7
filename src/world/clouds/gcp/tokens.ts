import type { IdSource } from '../../../support/ids.ts';
import { GcpError } from './errors.ts';

/** Access tokens of service accounts: short-lived, each good for the project its account belongs to. */
export interface GcpTokens {
  /** @throws GcpError when there is no such service account. */
  issue(serviceAccount: string): { readonly token: string; readonly expiresAtMs: number };
  /** @throws GcpError 401 for no or an unknown token, 403 for one of another project. */
  check(authorization: string | undefined, project: string): void;
}

/** One hour, the default of the IAM Credentials API. */
const LIFETIME_MS = 3_600_000;
const EMAIL = /^[^@\s]+@([a-z][-a-z0-9]*)\.iam\.gserviceaccount\.com$/;

export function createGcpTokens(options: {
  readonly ids: IdSource;
  readonly wallMs: () => number;
  readonly hasProject: (project: string) => boolean;
}): GcpTokens {
  const issued = new Map<string, { readonly project: string; readonly expiresAtMs: number }>();
  return {
    issue: (serviceAccount) => {
      const project = EMAIL.exec(serviceAccount)?.[1];
      if (project === undefined || !options.hasProject(project)) {
        throw new GcpError(404, 'notFound', `Service account ${serviceAccount} does not exist.`);
      }
      const token = `ya29.${options.ids('gcp')}`;
      const expiresAtMs = options.wallMs() + LIFETIME_MS;
      issued.set(token, { project, expiresAtMs });
      return { token, expiresAtMs };
    },
    check: (authorization = '', project) => {
      const owner = issued.get(authorization.replace(/^Bearer /i, ''));
      if (owner === undefined || owner.expiresAtMs <= options.wallMs()) {
        throw new GcpError(401, 'authError', 'Request had invalid authentication credentials.');
      }
      if (owner.project === project) return;
      throw new GcpError(403, 'forbidden', `The caller does not have permission on 'projects/${project}'.`);
    },
  };
}

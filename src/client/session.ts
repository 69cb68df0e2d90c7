import type { LoginRequest, TokenResponse } from '../contracts/api/customers.ts';
import type { Clock } from '../support/clock.ts';
import { ApiError, callApi } from './http.ts';

/** Gives a valid access token, logging in or refreshing when the last one is about to end. */
export interface Session {
  accessToken(): Promise<string>;
  /** The customer the login belongs to; null for an admin. */
  customerId(): Promise<string | null>;
  logout(): Promise<void>;
}

/** Renewed this long before its end, so that a slow call does not arrive with a dead token. */
const RENEW_BEFORE_MS = 30_000;

export function createSession(baseUrl: string, credentials: LoginRequest, clock: Clock): Session {
  let tokens: TokenResponse | null = null;
  let validUntilMs = 0;
  let renewal: Promise<string> | null = null;
  const login = (): Promise<TokenResponse> =>
    callApi(baseUrl, { method: 'POST', path: '/auth/login', body: credentials });
  const refresh = async (token: string): Promise<TokenResponse> => {
    try {
      return await callApi(baseUrl, {
        method: 'POST',
        path: '/auth/refresh',
        body: { refresh_token: token },
      });
    } catch (error) {
      // The answer to an earlier refresh may have been lost: its token is spent, and the session is over.
      if (error instanceof ApiError && error.status === 401) return login();
      throw error;
    }
  };
  const renew = async (): Promise<string> => {
    tokens = await (tokens === null ? login() : refresh(tokens.refresh_token));
    validUntilMs = clock.monotonicMs() + tokens.expires_in * 1000 - RENEW_BEFORE_MS;
    return tokens.access_token;
  };
  const accessToken = (): Promise<string> => {
    if (tokens !== null && clock.monotonicMs() < validUntilMs) return Promise.resolve(tokens.access_token);
    // One renewal at a time: a refresh token used twice would revoke the whole session.
    renewal ??= renew().finally(() => {
      renewal = null;
    });
    return renewal;
  };
  return {
    accessToken,
    customerId: async () => {
      await accessToken();
      return tokens?.customer_id ?? null;
    },
    logout: async () => {
      if (tokens === null) return;
      const { access_token: token, refresh_token: refreshToken } = tokens;
      tokens = null;
      await callApi(baseUrl, {
        method: 'POST',
        path: '/auth/logout',
        headers: { authorization: `Bearer ${token}` },
        body: { refresh_token: refreshToken },
      });
    },
  };
}

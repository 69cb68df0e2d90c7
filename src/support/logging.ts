import { pino, type Logger } from 'pino';

export type { Logger };

/** Paths that never reach a log line, whoever logs the object. */
const SECRET_PATHS = [
  'password',
  'token',
  'access_token',
  'refresh_token',
  'agent_token',
  'api_key',
  'authorization',
  'secret',
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** One JSON line an event on standard output; the launcher redirects it to the service's log file. */
export function createLogger(service: string, level = 'info'): Logger {
  return pino({
    level,
    base: { service },
    redact: {
      paths: [...SECRET_PATHS, 'req.headers.authorization', 'req.headers.cookie'],
      censor: '[redacted]',
    },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
}

import { invalidField } from '../../kit/invalid-field.ts';
import type { PlatformServer } from '../../kit/server.ts';

/** PostgreSQL stores no NUL character in text: said as a refusal of the field, before a query fails on it. */
export function refuseNullCharacters(server: PlatformServer): void {
  server.addHook('preValidation', async (request) => {
    for (const part of ['params', 'query', 'body'] as const) {
      const field = fieldWithNull(request[part], part);
      if (field !== undefined) throw invalidField(field, 'holds a NUL character');
    }
  });
}

/** Path of the first text with a NUL; bodies of telemetry hold none, so their numbers cost next to nothing. */
export function fieldWithNull(value: unknown, path: string): string | undefined {
  if (typeof value === 'string') return value.includes('\0') ? path : undefined;
  if (value === null || typeof value !== 'object') return undefined;
  for (const [key, entry] of Object.entries(value)) {
    const found = key.includes('\0') ? path : fieldWithNull(entry, `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

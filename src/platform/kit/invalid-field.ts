import { OptiInfraError } from '../../support/errors.ts';

/** A refusal like a schema's, for rules a schema cannot say: the answer's `errors` names the field. */
export function invalidField(field: string, message: string): OptiInfraError {
  return new OptiInfraError('VALIDATION_FAILED', `${field}: ${message}`, {
    details: { fields: [{ field, message }] },
  });
}

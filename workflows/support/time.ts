/** Workflow time: Temporal replaces Date inside workflow code, so this is deterministic under replay. */
export function nowMs(): number {
  return Date.now();
}

/** Of now unless told. */
export function timestamp(ms: number = nowMs()): string {
  return new Date(ms).toISOString();
}

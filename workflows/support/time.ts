/** Workflow time: Temporal replaces Date inside workflow code, so this is deterministic under replay. */
export function nowMs(): number {
  return Date.now();
}

export function timestamp(): string {
  return new Date(nowMs()).toISOString();
}

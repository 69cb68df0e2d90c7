/** `10.6 s`, `3 min 20 s`, `1 h 5 min`: short enough for a table, exact enough for its size. */
export function showDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return joined([Math.floor(whole / 60), 'min'], [whole % 60, 's']);
  const minutes = Math.round(whole / 60);
  return joined([Math.floor(minutes / 60), 'h'], [minutes % 60, 'min']);
}

function joined(...parts: readonly (readonly [number, string])[]): string {
  return parts
    .filter(([amount], index) => index === 0 || amount > 0)
    .map(([amount, unit]) => `${String(amount)} ${unit}`)
    .join(' ');
}

/** `2026-11-22 14:01:35` in UTC. */
export function showTime(timestamp: string | number): string {
  return new Date(timestamp).toISOString().slice(0, 19).replace('T', ' ');
}

/** `14:01:35` in UTC. */
export function showTimeOfDay(timestamp: string | number): string {
  return new Date(timestamp).toISOString().slice(11, 19);
}

/** Exact bounds for counts. Small numbers of events decide here, so no normal approximation. */

const logFactorials: number[] = [0];

function logFactorial(n: number): number {
  for (let k = logFactorials.length; k <= n; k += 1) {
    logFactorials.push((logFactorials[k - 1] ?? 0) + Math.log(k));
  }
  return logFactorials[n] ?? Number.NaN;
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** P(X ≤ events) for X ~ Binomial(trials, p). */
function binomialCdf(events: number, trials: number, p: number): number {
  if (p <= 0) return 1;
  if (p >= 1) return events >= trials ? 1 : 0;
  let sum = 0;
  for (let k = 0; k <= events; k += 1) {
    sum += Math.exp(logChoose(trials, k) + k * Math.log(p) + (trials - k) * Math.log1p(-p));
  }
  return Math.min(1, sum);
}

/** The p at which a falling function of p crosses `target`, by bisection to double precision. */
function crossing(falling: (p: number) => number, target: number): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (falling(middle) > target) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Upper one-sided Clopper–Pearson bound of a share; 1 when nothing was tried. */
export function upperBound(events: number, trials: number, confidence = 0.95): number {
  if (trials === 0 || events >= trials) return 1;
  return crossing((p) => binomialCdf(events, trials, p), 1 - confidence);
}

/** Lower one-sided Clopper–Pearson bound of a share; 0 when nothing happened. */
export function lowerBound(events: number, trials: number, confidence = 0.95): number {
  if (events === 0) return 0;
  return crossing((p) => binomialCdf(events - 1, trials, p), confidence);
}

/** Fewest trials whose upper bound is at most `limit` with this many events: 2,995 clean ones for 0.1 % at 95 %. */
export function trialsToProve(events: number, limit: number, confidence = 0.95): number {
  let low = events;
  let high = Math.max(1, events);
  while (upperBound(events, high, confidence) > limit) {
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (upperBound(events, middle, confidence) > limit) low = middle;
    else high = middle;
  }
  return high;
}

/** One-sided Fisher's exact test: how likely so many events fall into the first group by chance alone. */
export function fisherGreater(
  events: number,
  trials: number,
  otherEvents: number,
  otherTrials: number,
): number {
  const allEvents = events + otherEvents;
  const all = trials + otherTrials;
  const denominator = logChoose(all, allEvents);
  let sum = 0;
  for (let k = events; k <= Math.min(allEvents, trials); k += 1) {
    if (allEvents - k > otherTrials) continue;
    sum += Math.exp(logChoose(trials, k) + logChoose(otherTrials, allEvents - k) - denominator);
  }
  return Math.min(1, sum);
}

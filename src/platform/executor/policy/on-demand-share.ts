/** Whether enough of the target fleet stays on demand. Shares of small fleets are fractions like 1/3, hence the margin. */
export function keepsOnDemandShare(onDemandNodes: number, spotNodes: number, minimumShare: number): boolean {
  const nodes = onDemandNodes + spotNodes;
  return nodes > 0 && onDemandNodes / nodes >= minimumShare - 1e-9;
}

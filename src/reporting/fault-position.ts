import type { InjectedFault } from '../contracts/runs.ts';

/** Where a fault struck: `slow-nodes before monitor-execution`, `reclaim in monitor-execution when deploy_canary had started`. */
export function faultText(fault: InjectedFault): string {
  return `${fault.fault.kind} ${faultPosition(fault)}`;
}

export function faultPosition({ phase, step }: Pick<InjectedFault, 'phase' | 'step'>): string {
  return step === undefined ? `before ${phase}` : `in ${phase} when ${step.name} had ${step.when}`;
}

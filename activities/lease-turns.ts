/** What the audit says of a lease: taken or given back, by whom, with which token. */
export interface LeaseEntry {
  readonly action: string;
  readonly deployment: string;
  readonly token: number;
  readonly holder: string;
}

/** Taken and given back in turn, by the same holder, and each token greater than the one before. */
export function leaseFaults(deployment: string, own: readonly LeaseEntry[]): string[] {
  const faults: string[] = [];
  let newest = 0;
  own.forEach((entry, index) => {
    const before = own[index - 1];
    if (index % 2 === 0) {
      if (entry.action !== 'lease.acquired')
        faults.push(`${deployment}: ${entry.holder} gave back what nobody held`);
      if (entry.token <= newest)
        faults.push(`${deployment}: token ${String(entry.token)} after ${String(newest)}`);
      newest = entry.token;
    } else if (entry.action !== 'lease.released' || entry.holder !== before?.holder) {
      faults.push(`${deployment}: ${entry.holder} came while ${before?.holder ?? 'nobody'} held it`);
    }
  });
  return faults;
}

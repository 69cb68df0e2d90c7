import type { CloudProvider } from '../../../../contracts/api/common.ts';

/** One way to place one deployment. */
export interface Choice {
  /** Compute and whatever is billed by a flat price. */
  readonly usdPerMonth: number;
  /** Billed by the tiers of the cloud it leaves, over all deployments together. */
  readonly internetGb: Readonly<Record<CloudProvider, number>>;
}
/** Cost of a month's egress from a cloud; never falls with more data. */
export type EgressCost = (provider: CloudProvider, gb: number) => number;

export interface Assignment {
  /** Index of the choice of each deployment. */
  readonly choices: readonly number[];
  readonly usdPerMonth: number;
}

interface Candidate {
  readonly index: number;
  readonly choice: Choice;
}

/**
 * The cheapest choice for every deployment, exactly. Deployments are not independent: egress is billed in tiers over all
 * of them. Of choices that send the same data only the cheapest can be part of an optimum; among the rest, branches whose
 * cost cannot fall below the best one found are not followed.
 */
export function assignCheapest(
  deployments: readonly (readonly Choice[])[],
  egressCost: EgressCost,
): Assignment {
  const candidates = deployments.map((choices) => undominated(choices));
  // From the back: the least that the deployments still to be placed can cost.
  const leastFrom = candidates.reduceRight<number[]>(
    (least, options) => [
      (least[0] ?? 0) + Math.min(...options.map(({ choice }) => choice.usdPerMonth)),
      ...least,
    ],
    [0],
  );
  let best: Assignment = { choices: [], usdPerMonth: Infinity };
  const place = (
    picked: readonly number[],
    usd: number,
    internetGb: Readonly<Record<CloudProvider, number>>,
  ): void => {
    const egress = egressCost('aws', internetGb.aws) + egressCost('gcp', internetGb.gcp);
    const least = usd + egress + (leastFrom[picked.length] ?? 0);
    if (least >= best.usdPerMonth) return;
    const options = candidates[picked.length];
    if (options === undefined) {
      best = { choices: picked, usdPerMonth: least };
      return;
    }
    for (const { index, choice } of options) {
      place([...picked, index], usd + choice.usdPerMonth, {
        aws: internetGb.aws + choice.internetGb.aws,
        gcp: internetGb.gcp + choice.internetGb.gcp,
      });
    }
  };
  place([], 0, { aws: 0, gcp: 0 });
  return best;
}

/** Cheapest first, so that a good assignment is found early. */
function undominated(choices: readonly Choice[]): readonly Candidate[] {
  const bySameData = new Map<string, Candidate>();
  choices.forEach((choice, index) => {
    const key = `${choice.internetGb.aws} ${choice.internetGb.gcp}`;
    const known = bySameData.get(key);
    if (known === undefined || choice.usdPerMonth < known.choice.usdPerMonth)
      bySameData.set(key, { index, choice });
  });
  return [...bySameData.values()].sort((left, right) => left.choice.usdPerMonth - right.choice.usdPerMonth);
}

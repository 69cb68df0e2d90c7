import { createHash } from 'node:crypto';

import type { FleetRequest, Place, Site, SiteAccount, SiteRequest } from '../../contracts/world.ts';
import { OptiInfraError } from '../../support/errors.ts';
import type { Logger } from '../../support/logging.ts';
import type { Clouds } from '../clouds/cloud.ts';
import { PRICE_BOOK } from '../prices/books.ts';
import { findPriceRow } from '../prices/price-book.ts';
import { hardwareFor } from '../serving/hardware.ts';
import { engineTiming } from '../serving/timing.ts';
import { createEstate, isSamePlace, type Estate, type Holding } from './estate.ts';
import { DEPLOYMENT_TAG } from './fleet.ts';

/** A fleet as it can be served and priced: with the zones its nodes spread over. */
export interface PlannedFleet {
  readonly request: FleetRequest;
  readonly zones: readonly string[];
}

/** What a label of GCP may hold: another name would not come back from there as it was. */
const LABEL_VALUE = /^[-_a-z0-9]{1,63}$/;

/**
 * Refuses at the door what could not be served or priced later.
 * @throws OptiInfraError `VALIDATION_FAILED` naming the field.
 */
export function planFleets(request: SiteRequest): readonly PlannedFleet[] {
  const book = PRICE_BOOK[request.priceBook];
  for (const [index, { provider, region }] of request.places.entries()) {
    if (book.rows.some((row) => row.provider === provider && row.region === region)) continue;
    throw misfit(`places.${index}.region`, `the ${request.priceBook} book has no price in ${region}`);
  }
  const inGcp = [...request.fleets, ...request.places].some(({ provider }) => provider === 'gcp');
  return request.fleets.map((fleet, index) => {
    const field = `fleets.${index}`;
    if (inGcp && !LABEL_VALUE.test(fleet.deployment)) {
      throw misfit(
        `${field}.deployment`,
        'machines in GCP carry it as a label: small letters, digits, - and _',
      );
    }
    within(field, () => hardwareFor(fleet.instanceType, fleet.model));
    within(`${field}.engineConfiguration`, () =>
      engineTiming(hardwareFor(fleet.instanceType, fleet.model), fleet.engineConfiguration),
    );
    const row = findPriceRow(book, fleet.provider, fleet.region, fleet.instanceType);
    if (row !== undefined) return { request: fleet, zones: row.spot.map(({ zone }) => zone) };
    const what = `${fleet.instanceType} in ${fleet.region}`;
    throw misfit(`${field}.instanceType`, `the ${request.priceBook} book has no price for ${what}`);
  });
}

/** Runs a check whose refusal names a field inside `prefix`. */
function within(prefix: string, check: () => unknown): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof OptiInfraError)) throw error;
    const { field } = error.details;
    throw misfit(`${prefix}.${String(field)}`, error.message);
  }
}

function misfit(field: string, message: string): OptiInfraError {
  return new OptiInfraError('VALIDATION_FAILED', `${field}: ${message}`, { details: { field } });
}

/** One AWS account and one GCP project a site, entered in each of its places; home first. */
export function accountsOf(siteId: string, request: SiteRequest): readonly SiteAccount[] {
  const places: Place[] = [];
  for (const { provider, region } of [...request.fleets, ...request.places]) {
    const place = { provider, region };
    if (!places.some((known) => isSamePlace(known, place))) places.push(place);
  }
  const digits = accountDigits(siteId);
  return places.map((place) => {
    if (place.provider === 'aws') {
      const roleArn = `arn:aws:iam::${digits}:role/OptiInfraRole`;
      return { ...place, accountId: digits, roleArn, serviceAccount: null };
    }
    const project = `site-${digits}`;
    const serviceAccount = `optiinfra@${project}.iam.gserviceaccount.com`;
    return { ...place, accountId: project, roleArn: null, serviceAccount };
  });
}

/** Twelve digits that follow from the site's id, so that a world that starts anew never meets an old account. */
function accountDigits(siteId: string): string {
  const digest = createHash('sha256').update(siteId).digest().readBigUInt64BE();
  return String(100_000_000_000n + (digest % 900_000_000_000n));
}

export async function openEstate(clouds: Clouds, accounts: readonly SiteAccount[]): Promise<Estate> {
  const holdings: Holding[] = [];
  for (const { provider, region, accountId } of accounts) {
    holdings.push({ provider, region, account: await clouds[provider].openAccount(accountId, region) });
  }
  return createEstate(holdings);
}

/** Nodes spread evenly over the zones. One call a zone: the cloud places a call's instances together. */
export async function launchFleet(
  estate: Estate,
  { request, zones }: PlannedFleet,
  runId: string,
): Promise<Site['instanceIds']> {
  const { deployment, instanceType, nodes } = request;
  const account = estate.at(request);
  const instanceIds: string[] = [];
  for (const [index, zone] of zones.entries()) {
    const count = Math.floor(nodes / zones.length) + Number(index < nodes % zones.length);
    if (count === 0) continue;
    const tags = { [DEPLOYMENT_TAG]: deployment, 'optiinfra:run': runId };
    const launched = await account.launchOnDemand({ zone, instanceType, count, tags });
    instanceIds.push(...launched.map(({ instanceId }) => instanceId));
  }
  return instanceIds;
}

/** A half-launched site is given back; the failure that led here stays the one that is reported. */
export async function releaseEstate(estate: Estate, logger: Logger): Promise<void> {
  try {
    const left = await estate.describe();
    await estate.terminate(left.map(({ instanceId }) => instanceId));
  } catch (error) {
    logger.error({ err: error }, 'instances of a site that did not open may be left');
  } finally {
    estate.close();
  }
}

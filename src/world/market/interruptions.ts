import type { CloudProvider } from '../../contracts/api/common.ts';
import type { InterruptionPreset } from '../../contracts/market.ts';
import { randomStream } from '../../support/random.ts';
import { meanOutageHours, NOTICE_SECONDS } from './presets.ts';

/** A spot node the cloud may take. */
export interface SpotNode {
  readonly instanceId: string;
  readonly zone: string;
  /** World time of its launch. */
  readonly sinceMs: number;
  /** Names the node's own fate: the launch number within the site, so that it does not hang on the cloud's ids. */
  readonly fate: string;
}

export interface Interruption {
  readonly instanceId: string;
  readonly zone: string;
  readonly cause: 'zone' | 'node';
  /** The cloud tells. */
  readonly noticeAtMs: number;
  /** The cloud takes. */
  readonly reclaimAtMs: number;
  /** The pool has room again. */
  readonly capacityBackAtMs: number;
}

export interface InterruptionQuestion {
  readonly provider: CloudProvider;
  readonly preset: InterruptionPreset;
  readonly nodes: readonly SpotNode[];
  /** Notices after this moment … */
  readonly fromMs: number;
  /** … up to and including this one. */
  readonly toMs: number;
}

/** Share of interruptions that take a whole zone's nodes at once [A: 37–56 % of the time all 16 traced nodes were gone]. */
const ZONE_SHARE = 0.5;
const MS_PER_HOUR = 3_600_000;

interface Shock {
  readonly atMs: number;
  readonly outageMs: number;
}

/** Exponential holding times, half of them shared by all nodes of a zone. Asking in slices gives the same answer. */
export class InterruptionProcess {
  readonly #seed: number;
  readonly #originMs: number;
  readonly #zoneShocks = new Map<string, () => Shock>();
  readonly #drawn = new Map<string, Shock[]>();

  constructor(seed: number, originMs: number) {
    this.#seed = seed;
    this.#originMs = originMs;
  }

  /** First interruption of each node in the window, in order of time. */
  next(question: InterruptionQuestion): Interruption[] {
    return question.nodes
      .flatMap((node) => this.#firstOf(node, question) ?? [])
      .toSorted((left, right) => left.noticeAtMs - right.noticeAtMs);
  }

  #firstOf(node: SpotNode, question: InterruptionQuestion): Interruption | undefined {
    const inWindow = ({ atMs }: Shock): boolean => atMs > question.fromMs && atMs <= question.toMs;
    const own = this.#nodeShock(node, question.preset);
    const zone = this.#shocksOf(node.zone, question).find(
      (shock) => inWindow(shock) && shock.atMs > node.sinceMs,
    );
    const [first, cause] =
      zone !== undefined && !(inWindow(own) && own.atMs < zone.atMs)
        ? [zone, 'zone' as const]
        : [own, 'node' as const];
    if (!inWindow(first)) return undefined;
    const reclaimAtMs = first.atMs + NOTICE_SECONDS[question.provider] * 1000;
    return {
      instanceId: node.instanceId,
      zone: node.zone,
      cause,
      noticeAtMs: first.atMs,
      reclaimAtMs,
      capacityBackAtMs: reclaimAtMs + first.outageMs,
    };
  }

  #nodeShock(node: SpotNode, preset: InterruptionPreset): Shock {
    const stream = randomStream(this.#seed, `interruption/${preset.name}/node/${node.fate}`);
    const rate = preset.interruptions_per_node_hour * (1 - ZONE_SHARE);
    return {
      atMs: node.sinceMs + stream.exponential(rate) * MS_PER_HOUR,
      outageMs: stream.exponential(1 / meanOutageHours(preset)) * MS_PER_HOUR,
    };
  }

  /** All shocks of a zone from the origin to the end of the window; drawn once, in order, and kept. */
  #shocksOf(zone: string, { preset, toMs }: InterruptionQuestion): readonly Shock[] {
    const key = `${preset.name}/${zone}`;
    const shocks = this.#drawn.get(key) ?? [];
    this.#drawn.set(key, shocks);
    const draw = this.#zoneShocks.get(key) ?? this.#drawShocks(key, preset);
    this.#zoneShocks.set(key, draw);
    while ((shocks.at(-1)?.atMs ?? this.#originMs) <= toMs) shocks.push(draw());
    return shocks;
  }

  #drawShocks(key: string, preset: InterruptionPreset): () => Shock {
    const stream = randomStream(this.#seed, `interruption/${key}`);
    const rate = preset.interruptions_per_node_hour * ZONE_SHARE;
    let atMs = this.#originMs;
    return () => {
      atMs += stream.exponential(rate) * MS_PER_HOUR;
      return { atMs, outageMs: stream.exponential(1 / meanOutageHours(preset)) * MS_PER_HOUR };
    };
  }
}

import type { Evidence, EvidenceSet, EvidenceValue, Gate, GateResult } from '../contracts/runs.ts';

/** What a gate's rule says once all its evidence is there. */
export interface Judgement {
  readonly passed: boolean;
  readonly expected: string;
  readonly observed: string;
  readonly reason: string;
}

export interface GateRule {
  /** Kebab-case, unique in a scenario. */
  readonly gate: string;
  /** Evidence the rule reads; the first gives unit, source and sample size. */
  readonly needs: readonly string[];
  /** Fewer samples than this on any needed evidence that has a sample size: inconclusive. */
  readonly minimumSamples?: number;
  /** What is expected, for the report when evidence is missing. */
  readonly expected: string;
  readonly rule: (read: EvidenceReader) => Omit<Judgement, 'expected'>;
}

/** Typed access to values that are known to be there. A value of another type is a fault of the scenario and throws. */
export interface EvidenceReader {
  number(name: string): number;
  text(name: string): string;
  flag(name: string): boolean;
  list(name: string): readonly (number | string)[];
}

/** Makes a gate of a rule: missing, null or too thin evidence is inconclusive before the rule is asked. */
export function gateOf(definition: GateRule): Gate {
  return (evidence) => {
    const found = definition.needs.map((name) => evidence[name]);
    const lacking = definition.needs.filter((_, index) => isMissing(found[index]));
    if (lacking.length > 0) return inconclusive(definition, found, `no evidence for ${lacking.join(', ')}`);
    const thin = found.find((each) => isThin(each, definition.minimumSamples));
    if (thin !== undefined) {
      const size = String(thin.sampleSize ?? 0);
      return inconclusive(
        definition,
        found,
        `${size} samples of ${thin.name}, ${String(definition.minimumSamples)} needed`,
      );
    }
    const judgement = definition.rule(readerOf(evidence));
    return result(
      definition,
      found,
      judgement.passed ? 'passed' : 'failed',
      judgement.observed,
      judgement.reason,
    );
  };
}

function isMissing(evidence: Evidence | undefined): boolean {
  const value = evidence?.value;
  return value === undefined || value === null || (typeof value === 'number' && !Number.isFinite(value));
}

function isThin(evidence: Evidence | undefined, minimum: number | undefined): boolean {
  return (
    minimum !== undefined &&
    evidence !== undefined &&
    evidence.sampleSize !== null &&
    evidence.sampleSize < minimum
  );
}

function inconclusive(
  definition: GateRule,
  found: readonly (Evidence | undefined)[],
  reason: string,
): GateResult {
  const observed = found.map((each) => (each === undefined ? 'nothing' : showValue(each.value))).join(', ');
  return result(definition, found, 'inconclusive', observed, reason);
}

function result(
  definition: GateRule,
  found: readonly (Evidence | undefined)[],
  verdict: GateResult['verdict'],
  observed: string,
  reason: string,
): GateResult {
  const first = found[0];
  return {
    gate: definition.gate,
    verdict,
    expected: definition.expected,
    observed,
    unit: first?.unit ?? '',
    source: [...new Set(found.flatMap((each) => (each === undefined ? [] : [each.source])))].join('; '),
    sampleSize: first?.sampleSize ?? null,
    reason,
    evidence: definition.needs,
  };
}

function readerOf(evidence: EvidenceSet): EvidenceReader {
  const valueOf = (name: string): EvidenceValue => {
    const found = evidence[name];
    if (found === undefined) throw new TypeError(`the gate reads ${name} without naming it in needs`);
    return found.value;
  };
  const wrong = (name: string, type: string): never => {
    throw new TypeError(`evidence ${name} is not a ${type}: ${showValue(valueOf(name))}`);
  };
  return {
    number: (name) => {
      const value = valueOf(name);
      return typeof value === 'number' ? value : wrong(name, 'number');
    },
    text: (name) => {
      const value = valueOf(name);
      return typeof value === 'string' ? value : wrong(name, 'text');
    },
    flag: (name) => {
      const value = valueOf(name);
      return typeof value === 'boolean' ? value : wrong(name, 'flag');
    },
    list: (name) => {
      const value = valueOf(name);
      return isList(value) ? value : wrong(name, 'list');
    },
  };
}

function isList(value: EvidenceValue): value is readonly (number | string)[] {
  return Array.isArray(value);
}

/** A value as people read it: at most four decimals, lists with commas. */
export function showValue(value: EvidenceValue): string {
  if (value === null) return 'nothing';
  if (typeof value === 'number') return showNumber(value);
  return isList(value) ? value.map(showValue).join(', ') : String(value);
}

function showNumber(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return String(Number(value.toFixed(Math.abs(value) >= 100 ? 1 : 4)));
}

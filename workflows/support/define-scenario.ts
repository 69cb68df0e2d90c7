import type { Observation } from '../../src/contracts/activities.ts';
import type { Gate, ScenarioInput } from '../../src/contracts/runs.ts';
import {
  settingOf,
  type ScenarioDefinition,
  type ScenarioRequirements,
  type ScenarioSetting,
} from '../../src/contracts/scenarios/definition.ts';
import type { RunSummary } from '../../src/contracts/suites.ts';
import type { Preset } from './activity-proxies.ts';
import { runScenario } from './run-scenario.ts';

/** Public entry `optiinfra-e2e/scenario`: a scenario in one file, for other packages. Workflow code: deterministic. */

export type { Gate, GateResult, Evidence, ScenarioInput } from '../../src/contracts/runs.ts';
export type { Observation, Nothing } from '../../src/contracts/activities.ts';
export type { RunSummary } from '../../src/contracts/suites.ts';
export type { Preset } from './activity-proxies.ts';
export type { ScenarioDefinition } from '../../src/contracts/scenarios/definition.ts';

export interface StoryPhase {
  /** What people read: "Waiting for the shipment". */
  readonly title: string;
  /** Wall seconds, 1 to 86,400. */
  readonly budgetSeconds: number;
  /** At least one: a phase that nothing judges cannot pass. */
  readonly gates: readonly Gate[];
}

/** A scenario's story in one object. `A`: the activities it calls, `P`: the names of its phases. */
export interface ScenarioStory<A, P extends string> {
  /** Kebab-case, unique among the scenarios of a project. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** In the order in which the story runs them. */
  readonly phases: Readonly<Record<P, StoryPhase>>;
  readonly requires?: ScenarioRequirements;
  readonly settings?: readonly ScenarioSetting[];
  readonly story: (run: StoryRun<A, P>) => Promise<void>;
}

/** What a story works with. */
export interface StoryRun<A, P extends string> {
  readonly runId: string;
  readonly input: ScenarioInput;
  /** What `--set` chose, or the setting's default. */
  setting(name: string): string;
  /**
   * Runs a phase: observes by activities of this preset (`probe` reads, `mutate` acts once, `longWait` heartbeats while it
   * waits), then judges by the phase's gates. A phase that does not pass ends the story.
   */
  phase<T>(name: P, observe: (call: (preset: Preset) => A) => Promise<Observation<T>>): Promise<T>;
}

/** A workflow function that carries its definition. Export it under the name of its workflow type. */
export interface DefinedScenario {
  (input: ScenarioInput): Promise<RunSummary>;
  readonly definition: Omit<ScenarioDefinition, 'workflowType'>;
}

/**
 * Makes a scenario of its story: `export const checkout = defineScenario<ShopActivities>()({ … })`.
 * Called twice, so that the activities are named and the phases inferred.
 * @throws TypeError when the story cannot be run as it is declared, naming what is wrong.
 */
export function defineScenario<A extends object>() {
  return <P extends string>(story: ScenarioStory<A, P>): DefinedScenario => {
    refuseMalformed(story);
    const definition = definitionOf(story);
    const workflow = async (input: ScenarioInput): Promise<RunSummary> =>
      // Only the scenario's own workflow knows under which name it was exported; nothing at run time asks.
      runScenario({ ...definition, workflowType: story.name }, input, async (run) =>
        story.story({
          runId: run.runId,
          input,
          setting: (name) => settingOf({ ...definition, workflowType: story.name }, input.settings, name),
          phase: (name, observe) =>
            // Temporal's proxies answer to every name, so they serve a project's activities as well as our own.
            run.phase(
              name,
              (call) => observe((preset) => call(preset) as unknown as A),
              story.phases[name].gates,
            ),
        }),
      );
    return Object.assign(workflow, { definition });
  };
}

function definitionOf<A, P extends string>(story: ScenarioStory<A, P>): DefinedScenario['definition'] {
  const { name, title, description, tags, phases, requires, settings } = story;
  return {
    name,
    title,
    description,
    tags,
    phases: Object.entries<StoryPhase>(phases).map(([phase, about], index) => ({
      number: index + 1,
      name: phase,
      title: about.title,
      budgetMs: about.budgetSeconds * 1000,
    })),
    ...(requires === undefined ? {} : { requires }),
    ...(settings === undefined ? {} : { settings }),
  };
}

const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const LONGEST_SECONDS = 86_400;

/** Said when the file is loaded, not in the middle of a run. */
function refuseMalformed<A, P extends string>({ name, phases }: ScenarioStory<A, P>): void {
  const refuse = (why: string): never => {
    throw new TypeError(`scenario "${name}": ${why}`);
  };
  if (!KEBAB.test(name)) refuse('its name must be in kebab-case');
  const rows = Object.entries<StoryPhase>(phases);
  if (rows.length === 0) refuse('it has no phases');
  for (const [phase, { budgetSeconds, gates }] of rows) {
    if (!KEBAB.test(phase)) refuse(`the name of phase "${phase}" must be in kebab-case`);
    if (!(budgetSeconds >= 1 && budgetSeconds <= LONGEST_SECONDS)) {
      refuse(`the budget of phase ${phase} must be 1 to ${String(LONGEST_SECONDS)} s`);
    }
    if (gates.length === 0) refuse(`phase ${phase} has no gate, so nothing could turn it red`);
  }
}

import type { ScenarioDefinition } from '../../contracts/scenarios/index.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { nearestName } from '../nearest-name.ts';

export type Settings = Readonly<Record<string, string>>;

/** Collects `--set NAME=VALUE`. */
export function collectSetting(text: string, settings: Settings): Settings {
  const equals = text.indexOf('=');
  if (equals < 1) throw new OptiInfraError('USAGE', `--set: "${text}" is not <name>=<value>`);
  return { ...settings, [text.slice(0, equals)]: text.slice(equals + 1) };
}

/** Refuses a setting that the scenario does not have, and a value that the setting does not allow. */
export function checkSettings({ name: scenario, settings = [] }: ScenarioDefinition, chosen: Settings): void {
  for (const [name, value] of Object.entries(chosen)) {
    const setting = settings.find((each) => each.name === name);
    if (setting === undefined) {
      refuse(
        `--set: ${scenario} has no setting "${name}"`,
        name,
        settings.map((each) => each.name),
      );
    } else if (!setting.values.includes(value)) {
      refuse(`--set: ${name} of ${scenario} cannot be "${value}"`, value, setting.values);
    }
  }
}

function refuse(message: string, name: string, names: readonly string[]): never {
  const near = nearestName(name, names);
  const there = names.length === 0 ? 'It has none.' : `There are: ${names.join(', ')}.`;
  throw new OptiInfraError('USAGE', message, {
    hint: near === undefined ? there : `Did you mean \`${near}\`?`,
  });
}

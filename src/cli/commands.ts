import type { Command } from 'commander';

import { registerCompletion } from './commands/completion.ts';
import { registerDiff } from './commands/diff.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerDeploy } from './commands/deploy.ts';
import { registerDown } from './commands/down.ts';
import { registerHealth } from './commands/health.ts';
import { registerHistory } from './commands/history.ts';
import { registerApprove } from './commands/approve.ts';
import { registerInitData } from './commands/init-data.ts';
import { registerCancel } from './commands/cancel.ts';
import { registerList } from './commands/list.ts';
import { registerRejudge } from './commands/rejudge.ts';
import { registerReplay } from './commands/replay.ts';
import { registerReport } from './commands/report.ts';
import { registerRerun } from './commands/rerun.ts';
import { registerRun } from './commands/run.ts';
import { registerSchedule } from './commands/schedule.ts';
import { registerShow } from './commands/show.ts';
import { registerUi } from './commands/ui.ts';
import { registerUp } from './commands/up.ts';
import { registerWork } from './commands/work.ts';
import { registerWatch } from './commands/watch.ts';

/**
 * Every command of `e2e`, in the order of its help. A command is one file in `commands/` that exports a function
 * which adds itself to the program; it imports what is heavy only in its action, so that help and refusals are quick.
 */
export const COMMANDS: readonly ((program: Command) => void)[] = [
  registerUp,
  registerDown,
  registerDeploy,
  registerHealth,
  registerDoctor,
  registerInitData,
  registerList,
  registerRun,
  registerRerun,
  registerWatch,
  registerWork,
  registerCancel,
  registerShow,
  registerReport,
  registerHistory,
  registerDiff,
  registerReplay,
  registerRejudge,
  registerApprove,
  registerSchedule,
  registerUi,
  registerCompletion,
];

#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
// Before anything else is loaded: what is loaded earlier is compiled anew at every call.
enableCompileCache(process.env['NODE_COMPILE_CACHE'] ?? join(root, '.cache', 'node'));

// The reader of a pipe may leave early (`e2e list | head`): nobody is left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const { runCommandLine } = await import('./program.ts');
process.exitCode = await runCommandLine(process.argv.slice(2));

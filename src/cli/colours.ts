import picocolors from 'picocolors';

/** Colours for a terminal, plain text for anything else (files, pipes, CI) and for `NO_COLOR`. */
export function colours(stream: 'stdout' | 'stderr' = 'stdout') {
  // Not `isTTY && …`: it is undefined off a terminal, and createColors(undefined) asks the environment, where CI says yes.
  return picocolors.createColors(process[stream].isTTY ? picocolors.isColorSupported : false);
}

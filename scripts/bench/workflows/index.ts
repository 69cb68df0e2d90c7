export { bare, framed } from './nine-phases.ts';

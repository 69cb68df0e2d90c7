export { bare, bareHeld, framed, framedDecided, framedHeld } from './nine-phases.ts';

export { spotRollout } from './spot-rollout.ts';

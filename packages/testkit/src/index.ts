export { type Annotation, parseAnnotations } from './annotations.ts';
export { type BundleResult, runBundle } from './bundle.ts';
export { type ManualClock, manualClock } from './clock.ts';
export { type Circumstances, SHA, stepEnv } from './env.ts';
export { type Recorded, runMain } from './main.ts';

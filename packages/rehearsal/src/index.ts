export { type Audience, pushPayload, type Rehearsal, rehearse } from './rehearse.ts';
export { SCENARIOS, type Scenario } from './scenarios.ts';
export { telemetryEvent } from './telemetry-event.ts';
export * from './workflow/index.ts';
export { REPOSITORY } from './world/names.ts';
export { substituteFolder, substituteNames } from './world/substitutes.ts';
export { ACTOR, openWorld, type World } from './world/world.ts';

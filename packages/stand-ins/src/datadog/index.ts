export { type DatadogOptions, type DatadogStandIn, type ReceivedSeries, startDatadog } from './server.ts';

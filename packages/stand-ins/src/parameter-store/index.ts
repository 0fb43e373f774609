export {
  type ParameterRequest,
  type ParameterStoreBehaviour,
  type ParameterStoreStandIn,
  type StoredParameter,
  startParameterStore,
} from './server.ts';

export { type Fault, type LocatedYaml, locatedYaml, type Path, type Position } from './located-yaml.ts';

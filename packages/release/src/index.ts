export { checkoutRelease, type ResolvedAction, resolveAction } from './consume.ts';
export { checkDocs, writeDocs } from './docs.ts';
export { actionNames, BUILD, ROOT } from './project.ts';
export { buildReleaseTree, type ReleaseTree } from './tree.ts';

export { checkRelease } from './check.ts';
export { checkoutRelease, type ResolvedAction, resolveAction } from './consume.ts';
export { checkDocs, writeDocs } from './docs.ts';
export { actionNames, BUILD, ROOT } from './project.ts';
export { TREE_BUDGET } from './shipped.ts';
export { buildReleaseTree, type ReleaseTree } from './tree.ts';

export { checkRelease } from './check.ts';
export { checkoutRelease, type ResolvedAction, resolveAction } from './consume.ts';
export { checkDocs, writeDocs } from './docs.ts';
export { moveMajorTag, rollback } from './major-tag.ts';
export { actionNames, BUILD, ROOT } from './project.ts';
export { publish } from './publish.ts';
export { renameRepository } from './rename.ts';
export { TREE_BUDGET } from './shipped.ts';
export { buildReleaseTree, type ReleaseTree } from './tree.ts';

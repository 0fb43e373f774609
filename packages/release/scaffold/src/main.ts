import type { Run } from '@delivery-actions/action-kit';
import { judgeFiles } from './files.ts';
import { parseInputs } from './inputs.ts';
import { filesReport } from './report.ts';
import { type Workspace, workspaceIn } from './workspace.ts';

/** The story of the action: inputs, domain, report, outputs. A test hands in a workspace of its own. */
export async function main(run: Run, workspace: Workspace = workspaceIn(run.workspace)): Promise<void> {
  const { files } = parseInputs(run.inputs);
  const judged = judgeFiles(files, await workspace.present(files));
  const json = await run.report(filesReport(judged));
  run.outputs({ missing: judged.missing.join('\n'), json });
}

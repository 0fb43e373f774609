import type { Report, RunContext } from '@delivery-actions/action-kit';
import type { DerivedTags, TagRow } from './tags.ts';

/** What became of each rule, and the tags as the result. */
export function tagReport(
  { rows, tags, findings }: DerivedTags,
  images: readonly string[],
  { commit, sha }: Pick<RunContext, 'commit' | 'sha'>,
): Report<TagRow> {
  const [image, ...others] = images;
  const where = others.length === 0 ? image : `each of ${images.length} images`;
  const meant = commit === sha ? '' : ` (GITHUB_SHA is ${sha}, which is not what the event is about)`;
  const refused = findings.filter(({ level }) => level === 'error').length;
  return {
    heading: 'Image tags',
    rows,
    columns: [
      { name: 'Tag', cell: (row) => row.tag ?? '-' },
      { name: 'Rule', cell: (row) => row.rule },
      { name: 'Why', cell: (row) => row.why },
    ],
    status: (row) => (row.tag === null ? 'skipped' : 'passed'),
    findings,
    verdict: {
      passed: refused === 0,
      text: `${tags.length} ${tags.length === 1 ? 'tag' : 'tags'} for ${where} at commit ${commit}${meant}${refused > 0 && tags.length > 0 ? ', not handed out' : ''}`,
    },
  };
}

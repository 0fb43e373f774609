import { describe, expect, it } from 'vitest';
import { ours } from '../real/metadata-action/both.ts';
import { CASES, REFUSED, stepOf } from '../real/metadata-action/cases.ts';
import { push } from '../real/metadata-action/events.ts';

// test/real/metadata-action.real.ts gives the same steps to docker/metadata-action itself.
describe("docker/metadata-action's notation, where the recorded cases do not have it", () => {
  it.each(CASES)('%s', async (_, event, inputs, names) => {
    const { outputs, said } = await ours(stepOf(event, inputs));
    const separator = inputs['sep-tags'] ?? '\n';
    expect(outputs, said).toMatchObject({
      version: names[0],
      'tag-names': names.join(separator),
      tags: names.map((name) => `user/app:${name}`).join(separator),
    });
  });

  it.each(REFUSED)('refuses %s', async (_, inputs) => {
    const { outputs, said } = await ours(stepOf(push('heads/main'), inputs));
    expect(outputs).toBeUndefined();
    expect(said).toMatch(/^Input "(?:tags|flavor|images)", line 1: \S/);
  });
});

import * as v from 'valibot';

/** Every `message` completes "expected ...". Unlike a strict object this complains about every unknown key. */
function mapping<const Entries extends v.ObjectEntries>(entries: Entries, message: string) {
  return v.objectWithRest(entries, v.never(), message) as unknown as v.StrictObjectSchema<Entries, string>;
}

const text = (what: string) => v.pipe(v.string(what), v.nonEmpty(what));

const policy = v.pipe(
  mapping(
    {
      'max-age': v.optional(
        v.pipe(
          v.string('a number of days such as 180d'),
          v.regex(/^[1-9][0-9]{0,4}d$/, 'a number of days such as 180d'),
          v.description('The longest age of the current value, by the date of its version.'),
        ),
      ),
      rotation: v.optional(
        v.pipe(v.picklist(['required'], '"required"'), v.description('Automatic rotation has to be on.')),
      ),
      replicas: v.optional(
        v.pipe(
          v.array(text('the code of a region'), 'a list of regions'),
          v.description('Regions in which a replica has to be in sync.'),
        ),
      ),
      'not-placeholder': v.optional(
        v.pipe(
          v.boolean('true or false'),
          v.description('Reads the value, and refuses one such as changeme. Nothing of it is shown.'),
        ),
      ),
    },
    'a mapping of policies',
  ),
  v.description('What holds for a secret beyond being there.'),
);

const secret = v.union(
  [
    text('a secret, as a line of the input "secrets"'),
    mapping(
      { secret: text('a secret, as a line of the input "secrets"'), policy: v.optional(policy) },
      'a mapping with "secret"',
    ),
  ],
  'a secret, or a mapping with "secret" and "policy"',
);

/** A manifest of secrets; schema.json is made of it for editors. */
export const manifestSchema = mapping(
  {
    service: v.optional(
      v.pipe(text('a name'), v.description('What ${service} stands for; the name of the repository when left out.')),
    ),
    policy: v.optional(policy),
    environments: v.pipe(
      v.record(
        v.string(),
        v.pipe(v.array(secret, 'a list of secrets'), v.minLength(1, 'at least one secret')),
        'a mapping from environments to lists of secrets',
      ),
      v.minEntries(1, 'at least one environment'),
      v.description('The secrets of each environment, as lines of the input "secrets".'),
    ),
  },
  'a mapping with "environments"',
);

export type PolicyText = v.InferOutput<typeof policy>;

/** Where keys are free, any is taken; else those of the mapping at that path of the manifest. */
export function keysAt(path: readonly (string | number)[]): readonly string[] {
  if (path.length === 0) return Object.keys(manifestSchema.entries);
  if (path.at(-1) === 'policy') return ['max-age', 'rotation', 'replicas', 'not-placeholder'];
  return ['secret', 'policy'];
}

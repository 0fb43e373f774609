import * as v from 'valibot';

/** Every `message` completes "expected ...". Unlike a strict object this complains about every unknown key. */
function mapping<const Entries extends v.ObjectEntries>(entries: Entries, message: string) {
  return v.objectWithRest(entries, v.never(), message) as unknown as v.StrictObjectSchema<Entries, string>;
}

const text = (what: string) => v.pipe(v.string(what), v.nonEmpty(what));

const KMS_KEY = 'an alias such as alias/checkout, the id of a key, or the ARN of either';

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
      tags: v.optional(
        v.pipe(
          v.record(text('the name of a tag'), text('a text (a number or a boolean needs quotes)'), 'a mapping of tags'),
          v.minEntries(1, 'at least one tag'),
          v.description('Tags that the secret has to have, with these values.'),
        ),
      ),
      'kms-key': v.optional(
        v.pipe(
          v.string(KMS_KEY),
          v.regex(
            /^(?:arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:)?(?:alias\/[A-Za-z0-9/_-]+|(?:key\/)?(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))$/,
            KMS_KEY,
          ),
          v.description(
            'The KMS key that the secret is encrypted with; alias/aws/secretsmanager is that of the account.',
          ),
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

/** The keys that a mapping at that path of the manifest may have; none where any is taken. */
export function keysAt(path: readonly (string | number)[]): readonly string[] {
  let schemas: readonly Schema[] = [manifestSchema];
  for (const step of path) schemas = schemas.flatMap((schema) => inside(schema, step));
  return [...new Set(schemas.flatMap(alternatives).flatMap(({ entries = {} }) => Object.keys(entries)))];
}

/** As much of valibot's schemas as leads from one to those inside of it. */
interface Schema {
  readonly type: string;
  readonly wrapped?: Schema;
  /** Of a union; those of a picklist are texts. */
  readonly options?: readonly unknown[];
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly item?: Schema;
  readonly value?: Schema;
}

function inside(schema: Schema, step: string | number): readonly Schema[] {
  return alternatives(schema).flatMap(({ entries, item, value }) => entries?.[step] ?? item ?? value ?? []);
}

function alternatives(schema: Schema): readonly Schema[] {
  if (schema.wrapped !== undefined) return alternatives(schema.wrapped);
  return schema.type === 'union' ? (schema.options as readonly Schema[]).flatMap(alternatives) : [schema];
}

import type { KubeObject, Meta } from './objects.ts';
import { timestamp } from './objects.ts';

export interface Secret extends KubeObject {
  type?: string;
  /** In base64. */
  data?: Record<string, string>;
  /** Plain texts; only written, never read. */
  stringData?: Record<string, string>;
}

/** What the API server makes of a Secret that is written: `stringData` becomes `data`, and the fields are tracked. */
export function writtenSecret(object: KubeObject, metadata: Meta, before: KubeObject | undefined): KubeObject {
  const { stringData = {}, data: given = {}, type = 'Opaque', ...rest } = object as Secret;
  const encoded = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
  const data: Record<string, string> = { ...given, ...Object.fromEntries(encoded) };
  const cleared = before !== undefined && isEmptyEntry(object.metadata.managedFields);
  const managedFields = cleared ? [] : tracked(data, metadata, before as Secret | undefined);
  const filled = Object.keys(data).length === 0 ? {} : { data };
  const { managedFields: _, ...others } = metadata;
  const secret: Secret = { ...rest, type, ...filled, metadata: { ...others, managedFields: managedFields ?? [] } };
  return secret;
}

/** One entry of nothing is how a client has all entries removed (Kubernetes docs, "Clearing managedFields"). */
function isEmptyEntry(managedFields: Meta['managedFields']): boolean {
  return managedFields?.length === 1 && Object.keys(managedFields[0] ?? {}).length === 0;
}

/** All writes are by one manager here. What was there before the tracking began, and was not changed since, is nobody's. */
function tracked(data: Record<string, string>, metadata: Meta, before: Secret | undefined): Meta['managedFields'] {
  const known = new Set(
    (before?.metadata.managedFields ?? []).flatMap(({ fieldsV1 }) => Object.keys(fieldsV1?.['f:data'] ?? {})),
  );
  const mine = Object.keys(data).filter((key) => known.has(`f:${key}`) || data[key] !== before?.data?.[key]);
  const keys = Object.fromEntries(['.', ...mine.map((key) => `f:${key}`)].map((field) => [field, {}]));
  return [
    {
      manager: 'stand-in',
      operation: 'Update',
      apiVersion: 'v1',
      time: before === undefined ? (metadata.creationTimestamp ?? timestamp()) : timestamp(),
      fieldsType: 'FieldsV1',
      fieldsV1: { ...(mine.length === 0 ? {} : { 'f:data': keys }), 'f:type': {} },
    },
  ];
}

/** Who set which field of an object, and when (Kubernetes, "Server-Side Apply", field management). */
import { isObject } from "../../../core/untyped.ts";

type Plain = Readonly<Record<string, unknown>>;

/** What is applied as `stringData` is remembered as that, and becomes data. */
const DATA = ["f:data", "f:stringData"];

/** Keys of `data` that somebody set, sorted. */
export function dataKeys(metadata: Plain): string[] {
  const keys = new Set<string>();
  for (const { fields } of entriesOf(metadata)) {
    for (const list of DATA) {
      const own = fields[list];
      for (const name of Object.keys(isObject(own) ? own : {})) {
        if (name.startsWith("f:")) keys.add(name.slice("f:".length));
      }
    }
  }
  return [...keys].sort();
}

/**
 * RFC 3339: the latest time at which one who set values of `data` changed anything that is theirs. The data is not
 * younger; it may be older. Undefined where nothing says, or not of each who did.
 */
export function lastDataChange(metadata: Plain): string | undefined {
  const times: string[] = [];
  for (const { fields, time } of entriesOf(metadata)) {
    if (!DATA.some((list) => isObject(fields[list]))) continue;
    if (time === undefined) return undefined;
    times.push(time);
  }
  return times.sort().at(-1);
}

/**
 * Whether an API server of this version (`v1.31.2`) notes the time of a change to a value too. Before 1.25 it noted only
 * when somebody came to own another field (Kubernetes' changelog of 1.25, pull request 110058), and an old time says
 * nothing. Of an unknown version nobody knows.
 */
export function notesValueChanges(version: string | undefined): boolean {
  const [, major, minor] = /^v(\d{1,3})\.(\d{1,3})/.exec(version ?? "") ?? [];
  return major === "1" && Number(minor) >= 25;
}

function entriesOf({ managedFields }: Plain): { readonly fields: Plain; readonly time?: string }[] {
  if (!Array.isArray(managedFields)) return [];
  return managedFields.flatMap((entry: unknown) => {
    if (!isObject(entry) || !isObject(entry.fieldsV1)) return [];
    const { time } = entry;
    const isTime = typeof time === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time);
    return [{ fields: entry.fieldsV1, ...(isTime ? { time } : {}) }];
  });
}

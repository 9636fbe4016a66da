/**
 * Secrets without their values: the API server is asked for the table that kubectl prints, with each object's metadata
 * (Kubernetes, "API Concepts", receiving resources as Tables). Types are in a column, keys in the managed fields.
 */
import { isObject } from "../../../core/untyped.ts";
import type { Plain } from "./client.ts";
import { dataKeys } from "./managed-fields.ts";

export const SECRET_ROWS = {
  accept: "application/json;as=Table;g=meta.k8s.io;v=v1",
  query: "&includeObject=Metadata",
  items: "rows",
  apiVersion: "meta.k8s.io/v1",
  kind: "Table",
} as const;

/** Where a Secret's row has fewer keys than its object, the object carries this: it is taken out again by the reading. */
export const UNKNOWN_KEYS = Symbol("unknown keys");

/** One row as the Secret that it is of, each value empty; undefined where it is none. */
export function secretOfRow(row: Plain, page: Plain): Plain | undefined {
  const object = isObject(row.object) && row.object.kind === "PartialObjectMetadata" ? row.object : {};
  const metadata = isObject(object.metadata) ? object.metadata : undefined;
  const cell = (name: string): unknown => {
    const columns = Array.isArray(page.columnDefinitions) ? page.columnDefinitions : [];
    const index = columns.findIndex((column) => isObject(column) && column.name === name);
    return index < 0 || !Array.isArray(row.cells) ? undefined : row.cells[index];
  };
  const type = cell("Type");
  if (metadata === undefined || typeof type !== "string") return undefined;
  const keys = dataKeys(metadata);
  const count = Number(cell("Data"));
  return {
    metadata,
    type,
    data: Object.fromEntries(keys.map((key) => [key, ""])),
    ...(count === keys.length ? {} : { [UNKNOWN_KEYS]: true }),
  };
}

/** Where objects are in the API (Kubernetes, "API Concepts", resource URIs). */

export interface ResourcePlace {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural: `pods`. */
  readonly resource: string;
  /** Absent: of no namespace, or of all. */
  readonly namespace?: string;
  /** Absent: all of them. */
  readonly name?: string;
}

/** With a leading slash, each part escaped: a name is of whoever wrote the object. */
export function pathOf(
  { group, version, resource, namespace, name }: ResourcePlace,
  query: Readonly<Record<string, string>> = {},
): string {
  const base = group === "" ? `/api/${segment(version)}` : `/apis/${segment(group)}/${segment(version)}`;
  const inside = namespace === undefined ? "" : `/namespaces/${segment(namespace)}`;
  const one = name === undefined ? "" : `/${segment(name)}`;
  const asked = Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return `${base}${inside}/${segment(resource)}${one}${asked.length === 0 ? "" : `?${asked.join("&")}`}`;
}

/** `.` and `..` would lead elsewhere, and no name in the API is one. */
function segment(text: string): string {
  return /^\.{0,2}$/.test(text) ? "-" : encodeURIComponent(text);
}

/** `apps/v1`, `v1`. */
export function apiVersionOf({ group, version }: Pick<ResourcePlace, "group" | "version">): string {
  return group === "" ? version : `${group}/${version}`;
}

export function groupVersionOf(apiVersion: string): Pick<ResourcePlace, "group" | "version"> {
  const slash = apiVersion.indexOf("/");
  return slash < 0
    ? { group: "", version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

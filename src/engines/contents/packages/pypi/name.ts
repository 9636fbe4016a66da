/** The name by which Python's tools compare packages ("Names and normalization", formerly PEP 503). */
export function normalizedName(name: string): string {
  return name.replace(/[-_.]+/g, "-").toLowerCase();
}

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/** Whether it is a name at all ("Names and normalization", formerly PEP 508). */
export function isProjectName(name: string): boolean {
  return NAME.test(name);
}

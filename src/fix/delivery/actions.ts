/** When the rows were read. */
const AS_OF = "2026-11-28";
/** Days. By then a new major release of an action is likely, and the runtime of the old one may be gone from GitHub's runners. */
const CURRENT_DAYS = 365;
const DAY = 24 * 60 * 60 * 1000;

/**
 * GitHub's own actions that pipelines use, by the commit of a release, as the repository's tags have it. A new release is a new row
 * here; Dependabot keeps the pipelines that are written current.
 */
export const ACTIONS = {
  "actions/checkout": { commit: "3d3c42e5aac5ba805825da76410c181273ba90b1", version: "v7.0.1" },
  "actions/setup-node": { commit: "820762786026740c76f36085b0efc47a31fe5020", version: "v7.0.0" },
  "actions/upload-artifact": { commit: "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", version: "v7.0.0" },
  "actions/download-artifact": { commit: "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", version: "v8.0.1" },
  "actions/attest-build-provenance": { commit: "a2bbfa25375fe432b6a289bc6b6cd05ecd0c4c32", version: "v4.1.0" },
} as const;

/** `actions/checkout@COMMIT # v7.0.1` */
export function pinned(action: keyof typeof ACTIONS): string {
  const { commit, version } = ACTIONS[action];
  return `${action}@${commit} # ${version}`;
}

/** What is to be told of pins that were read long ago. */
export function oldPinsNote(now: Date): string | undefined {
  const days = Math.floor((now.getTime() - Date.parse(AS_OF)) / DAY);
  if (days <= CURRENT_DAYS) return undefined;
  return `actions are pinned to their releases of ${AS_OF}, which is ${days} days ago: use a later release of Bulkhead, or have Dependabot update them`;
}

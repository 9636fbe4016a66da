/**
 * GitHub's own actions that pipelines use, by the commit of a release, as the repository's tags have it (read on 2026-11-28). A new
 * release is a new row here; Dependabot keeps the pipelines that are written current.
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

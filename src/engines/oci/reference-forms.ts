/**
 * What may stand before the first colon of a reference, with the form that `--help` shows. `target.ts` reads each of them, and
 * reads no other. It imports nothing, for it is loaded at every start.
 */

export const referenceForms = {
  docker: "docker://registry/name:tag",
  registry: "registry:registry/name:tag",
  oci: "oci:DIR[:NAME]",
  "oci-archive": "oci-archive:FILE[:NAME]",
  "docker-archive": "docker-archive:FILE[:NAME]",
  "docker-daemon": "docker-daemon:NAME",
  podman: "podman:NAME",
  "containers-storage":
    "containers-storage:NAME or containers-storage:[DRIVER@ROOT+RUNROOT:OPTIONS]NAME (all but ROOT may be left out)",
  dir: "dir:DIR (root filesystem, or skopeo's)",
  sbom: "sbom:FILE",
} as const;

export type ReferenceScheme = keyof typeof referenceForms;

export function isReferenceScheme(word: string): word is ReferenceScheme {
  return Object.hasOwn(referenceForms, word);
}

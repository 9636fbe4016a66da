/** Which files may be manifests or Compose files, by their names. */
import { isKustomization } from "./kustomization-name.ts";

/** Whether a file's name allows for manifests in it: kubectl's own list of them (cli-runtime, resource.FileExtensions). */
export function mayHoldManifests(name: string): boolean {
  return /\.(?:ya?ml|json)$/.test(name) && !isKustomization(name);
}

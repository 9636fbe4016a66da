/** The file that makes a folder one that kustomize builds. */
export function isKustomization(name: string): boolean {
  return /^(?:kustomization\.ya?ml|Kustomization)$/.test(name);
}

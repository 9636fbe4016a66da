/**
 * A Compose file by its name: those that Compose looks for (the Compose specification, "The Compose file"), and those that are
 * named to it by hand after the same pattern.
 */
export function isComposeFile(path: string): boolean {
  return /(?:^|[\\/])(?:docker-|podman-|container-)?compose(?:[.-][^\\/]+)?\.ya?ml$/i.test(path);
}

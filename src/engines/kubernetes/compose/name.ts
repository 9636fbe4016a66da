/** A Compose file by its name (the Compose specification, "The Compose file"). */
export function isComposeFile(path: string): boolean {
  return /(?:^|[\\/])(?:docker-)?compose(?:\.[^\\/]+)?\.ya?ml$/.test(path);
}

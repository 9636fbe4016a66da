/** The name of a package without the version that an installer is asked for: `curl=8.5`, `curl>8`, `curl~8`. */
export function packageName(written: string): string {
  return written.split(/[=<>~]/, 1)[0] ?? "";
}

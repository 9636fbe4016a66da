import { readFileSync } from "node:fs";

/** The version in package.json, which stands two folders above this file. */
export function toolVersion(): string {
  const json = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(json) as { version: string }).version;
}

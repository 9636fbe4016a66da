import { counted } from "../../core/counted.ts";
import { isObject } from "../../core/untyped.ts";

/** `2 certificate authorities, 2 logs, 1 timestamp authority`, of a trusted root's document. */
export function rootParts(document: object): string {
  const members = (list: string): number => {
    const value = isObject(document) ? document[list] : undefined;
    return Array.isArray(value) ? value.length : 0;
  };
  return [
    counted(members("certificateAuthorities"), "certificate authority", "certificate authorities"),
    counted(members("tlogs"), "log"),
    counted(members("timestampAuthorities"), "timestamp authority", "timestamp authorities"),
  ].join(", ");
}

/** Days. Sigstore's timestamps are valid for seven: a root that is older may have been replaced. */
const OLD = 7;

/** @param asOf - when a root's repository last said that it is current (ISO 8601) */
export function isOldRoot(asOf: string, now: Date): boolean {
  return now.getTime() - Date.parse(asOf) >= (OLD + 1) * 24 * 60 * 60 * 1000;
}

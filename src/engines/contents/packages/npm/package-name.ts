import { bounds } from "../../bounds.ts";

/**
 * npm's rules for names that were ever allowed (validate-npm-package-name, "old packages"): capitals and some marks
 * count, white space, slashes and leading dots do not.
 */
const PACKAGE_NAME = /^(?:@[^\s/@%]+\/)?[^\s/@%._][^\s/@%]*$/;

export function isPackageName(name: string): boolean {
  return name.length <= bounds.packageNameLength && PACKAGE_NAME.test(name);
}

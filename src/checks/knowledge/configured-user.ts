/** The field `User` of an image's configuration (OCI image specification, config.md). */

/** `user`, `uid`, `user:group` and so on, without the group. */
export function userOf(field: string): string {
  return field.split(":")[0] ?? "";
}

/** As engines read it (Go's strconv.Atoi): a sign and leading zeros are allowed, so `+0` and `00` are root. */
export function isNumber(user: string): boolean {
  return /^[+-]?\d+$/.test(user);
}

/** Whether a configured user, with or without a group, goes by a name other than root's. */
export function isNamed(configured: string): boolean {
  return !/^(?:[+-]?\d*|root)(?::|$)/.test(configured);
}

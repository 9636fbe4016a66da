/** The field `User` of an image's configuration (OCI image specification, config.md). */

/** `user`, `uid`, `user:group` and so on, without the group. */
export function userOf(field: string): string {
  return field.split(":")[0] ?? "";
}

/** As engines read it (Go's strconv.Atoi): a sign and leading zeros are allowed, so `+0` and `00` are root. */
export function isNumber(user: string): boolean {
  return /^[+-]?\d+$/.test(user);
}

import { printable } from "../../../core/printable.ts";

/** The environment variables that say where credentials are, and that helpers run with. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What proves to a registry who asks. `source` says where it is from, for messages: a file, an option. */
export type Credentials =
  | { readonly kind: "password"; readonly username: string; readonly password: string; readonly source: string }
  /** An OAuth2 refresh token: goes to the token service alone. */
  | { readonly kind: "identity-token"; readonly token: string; readonly source: string }
  /** A bearer token that goes to the registry as it is. */
  | { readonly kind: "registry-token"; readonly token: string; readonly source: string };

/** Who said no, and to whom, without the secret. @param server - `the registry` */
export function describeRefusal(server: string, credentials: Credentials | undefined): string {
  switch (credentials?.kind) {
    case undefined:
      return `${server} denied access, and no credentials were found`;
    case "password":
      return `${server} refused user "${printable(credentials.username.slice(0, 80))}" from ${credentials.source}`;
    case "identity-token":
      return `${server} refused the identity token from ${credentials.source}`;
    case "registry-token":
      return `${server} refused the registry token from ${credentials.source}`;
  }
}

/** The Authorization header of RFC 7617, in UTF-8. */
export function basicAuthorization(credentials: Credentials & { kind: "password" }): string {
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}`;
}

/** True where the text can be a bearer token: anything else would break out of its header or be refused by node. */
export function isBearerToken(text: unknown): text is string {
  return typeof text === "string" && /^[\x21-\x7e]+$/.test(text);
}

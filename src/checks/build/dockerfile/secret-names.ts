/** Which names are those of secrets. */
import { trimEndOf } from "../../../core/trim.ts";

/** What names of secrets have in them, as words between underscores. */
const secretWords =
  /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|SECRET|SECRETS|TOKEN|API_?KEY|ACCESS_KEY|SECRET_KEY|PRIVATE_KEY|SIGNING_KEY|ENCRYPTION_KEY|AUTH_KEY|CREDENTIAL|CREDENTIALS)(?:$|_|\d)/;

/** Names that only speak about one. */
const aboutIt =
  /(?:^|_)(?:PUBLIC|FILE|PATH|DIR|URL|URI|NAME|TTL|EXPIRY|EXPIRES|EXPIRATION|LENGTH|ENABLED|DISABLED|REQUIRED|TYPE|POLICY|HEADER|ID_TOKEN_ISSUER|ISSUER|AUDIENCE)$|^(?:PWD|OLDPWD)$|(?:^|_)PUBLIC_/;

/** Of a variable: `DB_PASSWORD`, `apiKey`. camelCase and dashes count as words too. */
export function isSecretName(written: string): boolean {
  const name = written
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[-.]/g, "_")
    .toUpperCase();
  return secretWords.test(name) && !aboutIt.test(name);
}

export interface SensitiveFile {
  /** `an SSH key`. */
  readonly what: string;
  /** It holds a secret whenever it is there; else it often does. */
  readonly certain: boolean;
}

/** By the whole path below the folder that is copied, in lower case. From the documentation of each program. */
const kinds: readonly (readonly [RegExp, string, boolean])[] = [
  [/(?:^|\/)id_(?:rsa|dsa|ecdsa|ed25519|ecdsa_sk|ed25519_sk|xmss)$/, "an SSH key", true],
  [/(?:^|\/)\.ssh$/, "a directory of SSH keys", true],
  [/\.ppk$/, "an SSH key of PuTTY", true],
  [/(?:^|\/)[._]netrc$/, "a netrc with passwords", true],
  [/(?:^|\/)\.(?:pgpass|git-credentials|dockercfg|vault-token|pypirc)$/, "a file of credentials", true],
  [/(?:^|\/)\.docker(?:\/config\.json)?$/, "Docker's credentials for registries", true],
  [/(?:^|\/)\.aws(?:\/credentials)?$/, "credentials for AWS", true],
  [/(?:^|\/)\.azure$/, "credentials for Azure", true],
  [/(?:^|\/)\.config\/gcloud$|(?:^|\/)application_default_credentials\.json$/, "credentials for Google Cloud", true],
  [/(?:^|\/)service[-_]?account[\w-]*\.json$/, "a service account's key", true],
  [/(?:^|\/)client_secrets?[\w.-]*\.json$/, "an OAuth client's secret", true],
  [/(?:^|\/)\.kube(?:\/config)?$|(?:^|\/)kubeconfig$|\.kubeconfig$/, "credentials for Kubernetes", true],
  [/(?:^|\/)\.gnupg$/, "a directory of GnuPG keys", true],
  [/(?:^|\/)\.(?:cargo|gem)\/credentials(?:\.toml)?$/, "a token for a package registry", true],
  [/(?:^|\/)[\w.-]*(?:priv|key)[\w.-]*\.pem$|(?:^|\/)master\.key$/, "a private key", true],
  [/\.(?:p12|pfx)$/, "a store of keys", true],
  [/\.kdbx$/, "a database of passwords", true],
  [/\.tfstate$/, "Terraform's state, which holds secrets as text", true],
  [/\.key$/, "a private key", false],
  [/\.(?:jks|keystore)$/, "a store of keys", false],
  [/(?:^|\/)\.npmrc$|(?:^|\/)\.yarnrc\.yml$/, "a file that holds tokens for package registries", false],
  [/(?:^|\/)(?:\.m2\/settings|settings-security)\.xml$/, "Maven's settings, which hold passwords", false],
  [/(?:^|\/)\.env(?:\.(?:local|prod|production|staging|live))*$/, "a file of settings and secrets", false],
  [/(?:^|\/)\.htpasswd$/, "a file of passwords", false],
  [/(?:^|\/)(?:credentials|secrets?)\.(?:json|ya?ml|toml|ini|env)$/, "a file of secrets", false],
  [/\.tfvars$/, "Terraform's variables, which often hold secrets", false],
  [/(?:^|\/)\.git$/, "the repository with its whole history", false],
];

/** Public halves, samples, and what only speaks about keys. */
const harmless =
  /\.pub$|public|(?:^|[-_./])pub(?:$|[-_.])|(?:^|[-_.])(?:ca|root|cert|gpg|pgp|release|apt|archive|repo|signing|sign|distro)[\w.-]*\.(?:key|pem)$|trust[\w.-]*\.(?:jks|keystore|p12|pfx)$|(?:^|[-_./])(?:example|sample|template|dist|test|tests|testdata|fixtures?|dummy|fake)(?:$|[-_./])/;

/** Whether a file of that name holds a secret. */
export function sensitiveFile(path: string): SensitiveFile | undefined {
  const name = trimEndOf(path.toLowerCase(), "/");
  if (name.length > 256 || harmless.test(name)) return undefined;
  const [, what, certain] = kinds.find(([pattern]) => pattern.test(name)) ?? [];
  return what === undefined || certain === undefined ? undefined : { what, certain };
}

/** npm's settings (docs.npmjs.com, npmrc), as pnpm and yarn 1 read them too: of the user alone, never of a project. */
type Environment = Readonly<Record<string, string | undefined>>;

/** What is said to URLs below a place alone. */
export interface Authorization {
  /** `//npm.acme.example/web/`: host with port, and path. */
  readonly place: string;
  /** Of the header `authorization`. */
  readonly header: string;
}

export interface NpmSettings {
  /** As written. */
  readonly registry?: string;
  /** `@acme` → registry. */
  readonly scopes: Readonly<Record<string, string>>;
  readonly authorizations: readonly Authorization[];
}

/** @param texts - of files, the strongest first */
export function npmSettingsOf(texts: readonly string[], environment: Environment): NpmSettings {
  const values = new Map<string, string>();
  const put = (key: string, value: string) => {
    if (!values.has(key)) values.set(key, value);
  };
  for (const [key, value] of environmentValues(environment)) put(key, value);
  for (const text of texts) for (const [key, value] of entriesOf(text, environment)) put(key, value);
  const registry = values.get("registry");
  const scopes = [...values].flatMap(([key, value]) => {
    const scope = /^(@[^:/]+):registry$/.exec(key)?.[1];
    return scope === undefined ? [] : [[scope, value] as const];
  });
  return {
    ...(registry === undefined ? {} : { registry }),
    scopes: Object.fromEntries(scopes),
    authorizations: authorizationsOf(values),
  };
}

const PREFIX = "npm_config_";

/**
 * npm hands the settings that it has read to the programs that it starts, in lower case, the project's own among them: under
 * npm such a variable may be the word of whoever wrote the project, and does not count. One in upper case is the user's.
 */
function environmentValues(environment: Environment): [string, string][] {
  const underNpm = environment.npm_command !== undefined || environment.npm_lifecycle_event !== undefined;
  return Object.entries(environment).flatMap(([name, value]) => {
    if (value === undefined || value === "" || !name.toLowerCase().startsWith(PREFIX)) return [];
    if (underNpm && name.startsWith(PREFIX)) return [];
    const key = name.slice(PREFIX.length);
    return [[key.startsWith("//") || key.startsWith("@") ? key : key.toLowerCase(), value]];
  });
}

/** `key = value` a line; `${NAME}` is a variable of the environment, and a line with one that is not set says nothing. */
function entriesOf(text: string, environment: Environment): [string, string][] {
  return text.split("\n").flatMap((line): [string, string][] => {
    const plain = line.trim();
    const equals = plain.indexOf("=");
    if (equals <= 0 || plain.startsWith(";") || plain.startsWith("#") || plain.startsWith("[")) return [];
    const key = expanded(unquoted(plain.slice(0, equals)), environment);
    const value = expanded(unquoted(plain.slice(equals + 1)), environment);
    return key === undefined || value === undefined || value === "" ? [] : [[key, value]];
  });
}

function unquoted(text: string): string {
  const plain = text.trim();
  const quote = plain[0];
  const isQuoted = plain.length >= 2 && (quote === '"' || quote === "'") && plain.endsWith(quote);
  return isQuoted ? plain.slice(1, -1) : plain;
}

function expanded(text: string, environment: Environment): string | undefined {
  let missing = false;
  const whole = text.replaceAll(/\$\{([^}?]{1,200})(\?)?\}/g, (_, name: string, optional?: string) => {
    const value = environment[name];
    if (value === undefined && optional === undefined) missing = true;
    return value ?? "";
  });
  return missing ? undefined : whole;
}

/** Credentials stand under what the URL begins with, without its scheme: `//npm.acme.example/web/:_authToken`. */
function authorizationsOf(values: ReadonlyMap<string, string>): Authorization[] {
  const places = new Set(
    [...values.keys()].flatMap((key) => /^(\/\/.+):(?:_authToken|_auth|username|_password)$/.exec(key)?.[1] ?? []),
  );
  return [...places].flatMap((place) => {
    const header = headerOf((name) => values.get(`${place}:${name}`));
    return header === undefined ? [] : [{ place: place.endsWith("/") ? place : `${place}/`, header }];
  });
}

function headerOf(told: (name: string) => string | undefined): string | undefined {
  const token = told("_authToken");
  if (token !== undefined) return `Bearer ${token}`;
  const basic = told("_auth");
  if (basic !== undefined) return `Basic ${basic}`;
  const [name, password] = [told("username"), told("_password")];
  if (name === undefined || password === undefined) return undefined;
  const secret = Buffer.from(password, "base64").toString("utf8");
  return `Basic ${Buffer.from(`${name}:${secret}`).toString("base64")}`;
}

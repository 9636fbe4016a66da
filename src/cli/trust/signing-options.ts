/** Options of `sign` and `attest`, read: who signs, what vouches for it, and which services are asked. */
import { openSync, readSync } from "node:fs";
import { readClock } from "../../core/clock.ts";
import { Problem, usageProblem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import { bounds } from "../../engines/trust/signing/bounds.ts";
import { readSigningCertificate, type SigningCertificate } from "../../engines/trust/signing/certificate.ts";
import {
  ephemeralKey,
  type Password,
  readSigningKey,
  refusedKey,
  type SigningKey,
} from "../../engines/trust/signing/key.ts";
import type { EnvelopeEntry } from "../../engines/trust/signing/rekor.ts";
import { openServices, type Services, serviceUrl } from "../../engines/trust/signing/service.ts";
import { identitySigner, keySigner, type RunSigner, type Witnesses } from "../../engines/trust/signing/signer.ts";
import { type IdentityToken, requireUsable, tokenProblem } from "../../engines/trust/signing/token.ts";
import { DEFAULT_AUDIENCE, findToken } from "../../engines/trust/signing/token-source.ts";
import type { Environment } from "../../net/proxy.ts";
import { knownWord } from "../known-word.ts";
import type { ReachingOptions } from "../reaching.ts";

export interface SigningOptions extends ReachingOptions {
  readonly key?: string;
  readonly passwordFile?: string;
  readonly certificate?: string;
  readonly certificateChain?: string;
  readonly identityToken?: string;
  readonly fulcio: string;
  readonly rekor?: string;
  readonly rekorVersion: string;
  readonly rekorEntry: string;
  readonly tsa?: string;
  readonly serviceCaFile?: string;
  readonly form: readonly string[];
  readonly recursive: boolean;
  readonly dryRun: boolean;
  readonly format: string;
}

/** Sigstore's public instance: what is entered there is public, and stays. */
export const PUBLIC_FULCIO = "https://fulcio.sigstore.dev";
const PUBLIC_REKOR = "https://rekor.sigstore.dev";

export interface SigningSetup {
  readonly signer: RunSigner;
  readonly witnesses: Witnesses;
  readonly services: Services;
  /** The token that this environment has, asked for once; undefined where it has none. */
  token(): Promise<IdentityToken | undefined>;
}

/** @throws Problem (usage) before anything is asked or written */
export function signingSetup(options: SigningOptions, environment: Environment = process.env): SigningSetup {
  const witnesses = witnessesOf(options);
  const fulcio = serviceUrl(options.fulcio, `--fulcio ${options.fulcio}`);
  const { key, identityToken, serviceCaFile } = options;
  if (key !== undefined && options.fulcio !== PUBLIC_FULCIO) {
    throw usageProblem("--fulcio", "a key needs no certificate", "give --key or --fulcio, not both");
  }
  const signing =
    key === undefined ? undefined : readSigningKey(keyText(key, environment), key, passwordOf(options, environment));
  if (key === undefined && (options.certificate ?? options.certificateChain) !== undefined) {
    throw usageProblem("--certificate", "a certificate needs its key", "give --key FILE");
  }
  const services = openServices({ environment, ...(serviceCaFile === undefined ? {} : { caFile: serviceCaFile }) });
  const search = {
    ...{ audience: DEFAULT_AUDIENCE, environment, services },
    ...(identityToken === undefined ? {} : { named: identityToken }),
  };
  let found: Promise<IdentityToken | undefined> | undefined;
  const token = () => {
    found ??= findToken(search);
    return found;
  };
  const signer =
    signing === undefined
      ? identity(options, fulcio, () => findToken(search), services)
      : keySigner(signing, certificateOf(options, signing));
  return { signer, witnesses, services, token };
}

function certificateOf(
  { certificate, certificateChain }: SigningOptions,
  key: SigningKey,
): SigningCertificate | undefined {
  if (certificate === undefined) {
    if (certificateChain === undefined) return undefined;
    throw usageProblem("--certificate-chain", "a chain needs its certificate", "give --certificate FILE");
  }
  const pem = readText(certificate, "signing.certificate");
  const issuers = certificateChain === undefined ? {} : { issuers: readText(certificateChain, "signing.certificate") };
  return readSigningCertificate({ pem, ...issuers, place: certificate }, key, readClock());
}

function identity(
  { dryRun }: SigningOptions,
  fulcio: URL,
  find: () => Promise<IdentityToken | undefined>,
  services: Services,
): RunSigner {
  const token = async () => {
    const found = await find();
    if (found !== undefined) return found;
    throw tokenProblem(
      "this environment",
      "no identity token found",
      "use --key FILE, or --identity-token env://NAME or a file",
    );
  };
  const now = () => readClock();
  if (!dryRun) return identitySigner({ fulcio, audience: DEFAULT_AUDIENCE, token, services, now });
  // Certificates are entered in a public log, too: a dry run signs with a key that nobody certifies.
  const key = ephemeralKey();
  return {
    kind: "identity",
    async credential() {
      requireUsable(await token(), DEFAULT_AUDIENCE, now());
      return { key };
    },
  };
}

function witnessesOf({ key, rekor, rekorVersion, rekorEntry, tsa }: SigningOptions): Witnesses {
  const version = Number(
    knownWord(rekorVersion, ["1", "2"], { place: `--rekor-version ${rekorVersion}`, what: "version" }),
  );
  const kinds: readonly EnvelopeEntry[] = ["dsse", "intoto"];
  const envelopeEntry = knownWord(rekorEntry, kinds, { place: `--rekor-entry ${rekorEntry}`, what: "entry" });
  const log = rekor ?? (key === undefined ? PUBLIC_REKOR : "none");
  return {
    ...(log === "none"
      ? {}
      : { log: { url: serviceUrl(log, `--rekor ${log}`), version: version === 2 ? 2 : 1, envelopeEntry } }),
    ...(tsa === undefined ? {} : { timestamp: serviceUrl(tsa, `--tsa ${tsa}`) }),
  };
}

function keyText(key: string, environment: Environment): string {
  if (key.startsWith("env://")) {
    const text = environment[key.slice("env://".length)];
    if (text !== undefined && text !== "") return text;
    throw refusedKey(key, "the variable is not set");
  }
  const scheme = /^([a-z0-9]+):\/\//.exec(key)?.[1];
  if (scheme !== undefined) throw refusedKey(key, `${scheme}:// keys are not supported`, "use a file or env://NAME");
  return readText(key, "signing.key");
}

function passwordOf({ passwordFile }: SigningOptions, environment: Environment): Password {
  return () => {
    if (passwordFile === undefined) {
      return environment.COSIGN_PASSWORD === undefined ? undefined : Buffer.from(environment.COSIGN_PASSWORD);
    }
    return passwordIn(passwordFile);
  };
}

/** One line: the line end that editors add is not part of it. */
export function passwordIn(file: string): Buffer {
  return Buffer.from(readText(file, "signing.password").replace(/\r?\n$/, ""));
}

/** A named pipe too, as shells make them of a command's output. */
function readText(path: string, code: "signing.key" | "signing.password" | "signing.certificate"): string {
  try {
    const descriptor = openSync(path, "r");
    const bytes = Buffer.alloc(bounds.keyBytes + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(descriptor, bytes, length, bytes.length - length, null);
    }
    if (length <= bounds.keyBytes) return bytes.toString("utf8", 0, length);
  } catch (error) {
    throw new Problem({ kind: "usage", code, place: path, cause: systemCause(error) }, { cause: error });
  }
  throw new Problem({ kind: "usage", code, place: path, cause: `larger than ${bounds.keyBytes} bytes` });
}

/** `NAME=VALUE`, each name once. @throws Problem (usage) */
export function annotationsOf(written: readonly string[]): Record<string, string> {
  const annotations: Record<string, string> = {};
  if (written.length > bounds.annotations) throw usageProblem("--annotation", `more than ${bounds.annotations}`);
  for (const text of written) {
    const equals = text.indexOf("=");
    const place = `--annotation ${text.slice(0, 120)}`;
    if (equals < 1) throw usageProblem(place, "not NAME=VALUE");
    if (text.length > bounds.annotationCharacters) {
      throw usageProblem(place, `longer than ${bounds.annotationCharacters} characters`);
    }
    const name = text.slice(0, equals);
    if (Object.hasOwn(annotations, name)) throw usageProblem(place, "the name is given twice");
    Object.defineProperty(annotations, name, { value: text.slice(equals + 1), enumerable: true });
  }
  return annotations;
}
